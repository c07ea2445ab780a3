"""Fetching over HTTP: what is delivered, what is unchanged, and servers that fail and recover."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.http import HttpRequest, Unchanged, fetch
from ingest.connectors.partial import CHECKPOINT_BYTES
from ingest.landing import Delivery
from tests.integration.scripted_server import (
    CONTENT,
    FAST,
    MIB,
    MODIFIED,
    Asked,
    Get,
    HostileServer,
    content,
    refusal,
    wait_for,
)

# what is delivered


def test_a_body_is_delivered_under_the_last_segment_of_its_address(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, CONTENT, ETag='"v1"', Last_Modified=MODIFIED)]
    answer = get("/feeds/%E6%9D%AD%E5%B7%9E.csv?day=1")

    assert content(answer) == CONTENT
    assert isinstance(answer, Delivery)
    assert (answer.name, answer.origin) == ("杭州.csv", f"{server.url}/feeds/%E6%9D%AD%E5%B7%9E.csv?day=1")
    assert json.loads(answer.signature) == {"etag": '"v1"', "last_modified": MODIFIED}
    assert sorted(p.name for p in answer.path.parent.parent.iterdir()) == ["complete", "lock"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="names of open files are read from /proc (Linux)")
def test_a_body_is_on_disk_before_it_gets_its_name(
    server: HostileServer, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.replace

    def seen_fsync(fd: int) -> None:
        events.append(("fsync", Path(f"/proc/self/fd/{fd}").readlink().name))
        fsync(fd)

    def seen_rename(source: Path, target: Path) -> None:
        events.append(("rename", Path(target).name))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_rename)
    server.answers = [server.send(200, CONTENT)]

    assert content(get()) == CONTENT
    assert [e for e in events if e[1] in ("body.part", "a.csv", "complete")] == [
        ("fsync", "body.part"),
        ("rename", "a.csv"),
        ("fsync", "complete"),
    ]


def test_a_template_names_what_always_has_the_same_address(
    server: HostileServer, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2018, 2, 20, 7, 5, tzinfo=UTC).timestamp())))
    server.answers = [server.send(200, b"{}")]

    answer = get("/airnow.json", name="cnemc_live_snapshot_{now:%Y%m%dT%H}.json")
    assert (answer.name, content(answer)) == ("cnemc_live_snapshot_20180220T07.json", b"{}")


def test_without_validators_the_signature_is_the_hash_of_the_content(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, b"x\n1\n")]
    answer = get()

    assert isinstance(answer, Delivery)
    assert json.loads(answer.signature) == {
        "sha256": "daff832f802000e645771a60983c76c963f6ee602a6230e45237bd360e91cc1a"
    }


def test_an_empty_body_is_delivered(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200)]
    assert content(get()) == b""


def test_a_body_of_20_mib_does_not_pass_through_memory(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, bytes(20 * MIB))]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        answer = get(limits=replace(FAST, max_bytes=20 * MIB))
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

    assert len(content(answer)) == 20 * MIB
    assert peak < 4 * MIB


# unchanged


def test_an_unchanged_feed_is_not_sent_again(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(200, CONTENT, ETag='W/"v1"', Last_Modified=MODIFIED), server.send(304)]
    first = get()
    assert isinstance(first, Delivery)

    again = get(previous=first.signature)
    assert again == Unchanged("a.csv", first.origin, first.signature)
    assert server.asked[1].headers["if-none-match"] == 'W/"v1"'
    assert server.asked[1].headers["if-modified-since"] == MODIFIED


def test_a_part_left_over_is_dropped_when_nothing_changed_after_all(
    server: HostileServer, get: Get, tmp_path: Path
) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.send(304)]
    assert refusal(get(limits=replace(FAST, attempts=1))).code == "incomplete"
    assert list(tmp_path.rglob("body.part"))

    assert isinstance(get(previous='{"etag": "\\"v0\\""}'), Unchanged)
    assert not list(tmp_path.rglob("body.*"))


def test_a_304_nobody_asked_for_is_an_error(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(304)]
    assert refusal(get()).code == "http_status"
    assert refusal(get(previous="4-1500000000")).code == "http_status"


# servers that fail and recover


def test_a_reset_is_tried_again(server: HostileServer, get: Get) -> None:
    server.answers = [server.reset, server.reset, server.send(200, CONTENT)]
    assert content(get()) == CONTENT


def test_a_hang_is_tried_again(server: HostileServer, get: Get) -> None:
    server.answers = [server.hang, server.send(200, CONTENT)]
    assert content(get()) == CONTENT


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_error_is_tried_again(server: HostileServer, get: Get, status: int) -> None:
    server.answers = [server.send(status), server.send(status), server.send(200, CONTENT)]

    assert content(get()) == CONTENT
    assert len(server.asked) == 3


@pytest.mark.parametrize("ending", ["fin", "reset"])
def test_half_a_body_is_continued_where_it_broke(server: HostileServer, get: Get, ending: str) -> None:
    half = {"fin": server.file(CONTENT, cut=40_000, ETag='"v1"')}
    half["reset"] = server.send(200, CONTENT[:40_000], declared=len(CONTENT), reset=True, ETag='"v1"')
    server.answers = [half[ending], server.file(CONTENT, cut=10_000, ETag='"v1"'), server.file(CONTENT, ETag='"v1"')]

    assert content(get()) == CONTENT
    assert [(a.headers.get("range"), a.headers.get("if-range")) for a in server.asked] == [
        (None, None),
        ("bytes=40000-", '"v1"'),
        ("bytes=50000-", '"v1"'),
    ]


def test_a_date_is_good_enough_to_continue_by_if_it_had_passed(server: HostileServer, get: Get) -> None:
    dates: dict[str, Any] = {"Last_Modified": MODIFIED, "Date": "Wed, 21 Oct 2015 07:28:05 GMT"}
    server.answers = [server.file(CONTENT, cut=40_000, **dates), server.file(CONTENT, **dates)]

    assert content(get()) == CONTENT
    assert server.asked[1].headers["if-range"] == MODIFIED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": 'W/"v1"'},
        {"Last_Modified": MODIFIED},
        {"Last_Modified": MODIFIED, "Date": MODIFIED},
    ],
    ids=["none", "weak", "undated", "same second"],
)
def test_half_a_body_nobody_vouches_for_is_fetched_anew(
    server: HostileServer, get: Get, headers: dict[str, Any]
) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, **headers), server.file(CONTENT, **headers)]

    assert content(get()) == CONTENT
    assert "range" not in server.asked[1].headers


def test_a_server_that_ignores_the_range_sends_all(server: HostileServer, get: Get) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.send(200, CONTENT, ETag='"v1"')]

    assert content(get()) == CONTENT
    assert server.asked[1].headers["range"] == "bytes=40000-"


def test_content_that_changed_between_two_attempts_is_never_mixed(server: HostileServer, get: Get) -> None:
    new = CONTENT[::-1]
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.file(new, ETag='"v2"')]
    answer = get()

    assert content(answer) == new
    assert isinstance(answer, Delivery)
    assert json.loads(answer.signature) == {"etag": '"v2"'}


@pytest.mark.parametrize(
    ("etag", "content_range"),
    [('"v2"', "bytes 40000-102399/102400"), ('"v1"', "bytes 0-102399/102400"), ('"v1"', "nonsense")],
    ids=["other content", "other range", "no range"],
)
def test_a_part_that_does_not_fit_is_thrown_away(
    server: HostileServer, get: Get, etag: str, content_range: str
) -> None:
    server.answers = [
        server.file(CONTENT, cut=40_000, ETag='"v1"'),
        server.send(206, CONTENT[40_000:], ETag=etag, Content_Range=content_range),
        server.send(200, CONTENT, ETag='"v1"'),
    ]

    assert content(get()) == CONTENT
    assert "range" not in server.asked[2].headers


def test_a_range_the_server_finds_unsatisfiable_is_dropped(server: HostileServer, get: Get) -> None:
    server.answers = [
        server.file(CONTENT, cut=40_000, ETag='"v1"'),
        server.send(416),
        server.file(CONTENT, ETag='"v1"'),
    ]

    assert content(get()) == CONTENT
    assert "range" not in server.asked[2].headers


def test_a_later_run_continues_what_an_earlier_one_gave_up(server: HostileServer, get: Get) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.reset]
    given_up = refusal(get(limits=replace(FAST, attempts=2)))
    assert given_up.code == "connection"
    assert given_up.message.endswith("; 39.1 KiB are kept, the next run goes on from there")

    server.answers = [server.file(CONTENT, ETag='"v1"')]
    assert content(get()) == CONTENT
    assert server.asked[2].headers["range"] == "bytes=40000-"


def test_bytes_that_may_not_have_reached_the_disk_are_dropped(server: HostileServer, get: Get, tmp_path: Path) -> None:
    server.answers = [server.file(CONTENT, cut=40_000, ETag='"v1"'), server.file(CONTENT, ETag='"v1"')]
    get(limits=replace(FAST, attempts=1))
    [part] = tmp_path.rglob("body.part")
    with part.open("ab") as handle:
        handle.write(bytes(len(CONTENT)))  # what a power cut may leave behind the last fsync

    assert content(get()) == CONTENT
    assert server.asked[1].headers["range"] == "bytes=40000-"


FETCH = """
    import sys
    from pathlib import Path
    from ingest.connectors.http import HttpLimits, HttpRequest, fetch
    fetch(HttpRequest(sys.argv[1], limits=HttpLimits(max_bytes=1 << 30)), scratch=Path(sys.argv[2]))
"""


def test_after_a_kill_only_what_was_surely_on_disk_is_trusted(server: HostileServer, tmp_path: Path) -> None:
    big = random.Random(1).randbytes(CHECKPOINT_BYTES + 3 * MIB)
    sent = threading.Event()

    def send_nearly_all(connection: socket.socket, asked: Asked) -> None:
        server.send(200, big[:-1], declared=len(big), ETag='"v1"')(connection, asked)
        sent.set()
        server.hang(connection, asked)

    server.answers = [send_nearly_all, server.file(big, ETag='"v1"')]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(FETCH), f"{server.url}/a.bin", str(tmp_path)],
    )
    assert sent.wait(20)
    [record] = wait_for(lambda: [p for p in tmp_path.rglob("body.json") if durable_bytes(p) >= CHECKPOINT_BYTES])
    durable = durable_bytes(record)
    process.send_signal(signal.SIGKILL)
    process.wait()

    request = HttpRequest(f"{server.url}/a.bin", limits=replace(FAST, max_bytes=1 << 30))
    assert content(fetch(request, scratch=tmp_path)) == big
    assert CHECKPOINT_BYTES <= durable < len(big)
    assert server.asked[1].headers["range"] == f"bytes={durable}-"


def durable_bytes(record: Path) -> int:
    return int(json.loads(record.read_text())["durable_bytes"])


# Retry-After


def test_seconds_to_wait_are_waited(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429, Retry_After="1"), server.send(200, CONTENT)]
    begun = time.monotonic()

    assert content(get()) == CONTENT
    assert time.monotonic() - begun >= 1.0


def test_a_date_towait_for_is_measured_by_the_servers_clock(server: HostileServer, get: Get) -> None:
    wrong_clock = datetime(2001, 1, 1, tzinfo=UTC)
    until, said = (format_datetime(wrong_clock + timedelta(seconds=s), usegmt=True) for s in (1, 0))
    server.answers = [server.send(503, Retry_After=until, Date=said), server.send(200, CONTENT)]
    begun = time.monotonic()

    assert content(get()) == CONTENT
    assert time.monotonic() - begun >= 1.0


def test_an_hour_to_wait_is_capped(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429, Retry_After="3600"), server.send(200, CONTENT)]
    begun = time.monotonic()

    assert content(get(limits=replace(FAST, retry_after_max_s=0.2))) == CONTENT
    assert 0.2 <= time.monotonic() - begun < 10


def test_a_wait_beyond_the_total_time_is_not_begun(server: HostileServer, get: Get) -> None:
    server.answers = [server.send(429, Retry_After="60")]
    begun = time.monotonic()
    refused = refusal(get(limits=replace(FAST, retry_after_max_s=60.0)))

    assert refused.code == "rate_limited"
    assert refused.message.startswith(
        f"{server.url}/a.csv: the server answered 429 Said and asked to wait 60 s; gave up after 1 attempt(s) in "
    )
    assert time.monotonic() - begun < 4.0


def test_waits_between_attempts_grow(server: HostileServer, get: Get) -> None:
    times: list[float] = []

    def note(connection: socket.socket, asked: Asked) -> None:
        times.append(time.monotonic())
        server.send(500)(connection, asked)

    server.answers = [note]
    get(limits=replace(FAST, backoff_initial_s=0.1, backoff_max_s=1.0))

    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(waits) == 3
    for wait, floor in zip(waits, (0.1, 0.2, 0.4), strict=True):
        assert wait >= floor
