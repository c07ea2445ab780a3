"""How an address is shown without its secrets, and what its file is called."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from ingest.connectors.addresses import file_name, redacted
from ingest.connectors.http_headers import retry_after_s
from ingest.connectors.refusing import human_bytes, shown

NOW = datetime(2018, 2, 20, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "visible"),
    [
        ("https://u:p@h.cn/a?b=1", "https://h.cn/a?b=1"),
        ("https://h.cn:8443/a?token=x&b=1#frag", "https://h.cn:8443/a?token=***&b=1"),
        ("https://h.cn/a?api_key=x&appKey=x&API-KEY=x", "https://h.cn/a?api_key=***&appKey=***&API-KEY=***"),
        ("https://h.cn/a?access_token=x&client_secret=x", "https://h.cn/a?access_token=***&client_secret=***"),
        ("https://h.cn/a?X-Amz-Signature=x&X-Amz-Date=d", "https://h.cn/a?X-Amz-Signature=***&X-Amz-Date=d"),
        ("https://h.cn/a?tk=x&password=x&%70wd=x", "https://h.cn/a?tk=***&password=***&%70wd=***"),
        # no secrets: hiding them would make two feeds look like one
        ("https://h.cn/a?stationKeyword=1&monkey=2&token", "https://h.cn/a?stationKeyword=1&monkey=2&token"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("http://[::1", "(unreadable address)"),
        ("http://h.cn:port/a", "(unreadable address)"),
    ],
)
def test_secrets_are_hidden_and_nothing_else(url: str, visible: str) -> None:
    assert redacted(url) == visible


@pytest.mark.parametrize(
    ("url", "template", "name"),
    [
        ("https://h.cn/data/20190101.csv?x=/y", None, "20190101.csv"),
        ("https://h.cn/%E5%BF%AB%E7%85%A7.json", None, "快照.json"),
        ("https://h.cn/data/", None, "data"),
        ("https://h.cn", None, "h.cn"),
        ("https://h.cn/api", "live_{now:%Y%m%dT%H}.json", "live_20180220T07.json"),
        ("https://h.cn/a.csv", "{now:%Y}_{segment}", "2018_a.csv"),
        ("https://h.cn/..%2F..%2Fetc%2Fpasswd", None, "_.._etc_passwd"),
        ("https://h.cn/%2e%2e", None, "download"),
        ("https://h.cn/a%00b%0a.csv", None, "a_b_.csv"),
        ("https://h.cn/" + "长" * 100 + ".csv", None, "长" * 65 + ".csv"),
    ],
)
def test_a_file_is_called_after_its_address_and_can_lie_in_one_folder_only(
    url: str, template: str | None, name: str
) -> None:
    assert file_name(url, template, NOW) == name


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 20 Feb 2018 07:00:30 GMT", 30.0),
        ("Tue, 20 Feb 2018 06:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("Tue, 20 Feb 2018 07:00:30 +99999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    headers = httpx.Headers({"Retry-After": value, "Date": "Tue, 20 Feb 2018 07:00:00 GMT"})
    assert retry_after_s(headers) == seconds


def test_sizes_are_said_in_binary_units() -> None:
    assert [human_bytes(n) for n in (0, 1023, 1536, 64 << 20, 3 << 30)] == [
        "0 B",
        "1023 B",
        "1.5 KiB",
        "64.0 MiB",
        "3.0 GiB",
    ]


def test_what_is_printed_cannot_drive_the_terminal() -> None:
    assert shown("杭州\x1b[2J\n.csv") == "杭州\\x1b[2J\\n.csv"
    assert shown("a" * 200) == "a" * 119 + "…"
