"""Records page by page from a real server on this machine that repeats, changes, never ends, or has a wrong clock."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.api import deliveries
from ingest.connectors.cursors import Keeper
from ingest.connectors.environment import Environment
from ingest.connectors.limits import Limits
from ingest.delivery import Api, ApiCursor, Paging
from ingest.landing import Delivery, Refusal
from tests.integration.hostile_source import Answer, Asked, HostileSource

FAST = Limits(
    max_bytes=1 << 20,
    attempts=3,
    total_s=5.0,
    connect_s=1.0,
    read_s=0.5,
    backoff_initial_s=0.001,
    backoff_max_s=0.01,
    jitter_s=0.001,
)
NOW = "1793059200"  # 2026-10-27T00:00:00Z
TOKEN = "s3cret-token"
PAGE = Paging(style="page", parameter="page", size=2, size_parameter="size", total="total")
CURSOR = ApiCursor(parameter="updatedAfter", field="updatedAt", start="2026-10-01T00:00:00Z", overlap_s=3600)


def record(number: int, updated: str) -> dict[str, Any]:
    return {"id": number, "updatedAt": updated}


RECORDS = [record(n, f"2026-10-2{n}T00:00:00Z") for n in range(1, 6)]


class Partner:
    """A neighbour's API: token, pages of ``size``, records updated after an instant, oldest first."""

    def __init__(self, source: HostileSource) -> None:
        self.records = list(RECORDS)
        self.source = source
        source.pages["/api"] = self.answer

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("x-token") != TOKEN:
            return Answer(b'{"error": "no"}', 401)
        found = [r for r in self.records if r["updatedAt"] > asked.params.get("updatedAfter", "")]
        size, page = int(asked.params.get("size", "1000")), int(asked.params.get("page", "1"))
        items = found[(page - 1) * size : page * size]
        return Answer(json.dumps({"data": {"items": items}, "total": len(found)}).encode())


@pytest.fixture
def source() -> Iterator[HostileSource]:
    with closing(HostileSource()) as served:
        yield served


@pytest.fixture
def partner(source: HostileSource, monkeypatch: pytest.MonkeyPatch) -> Partner:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.setenv("PARTNER_TOKEN", TOKEN)
    return Partner(source)


Ask = Callable[..., list[Any]]


@pytest.fixture
def ask(source: HostileSource, tmp_path: Path) -> Ask:
    """One harvest, everything landed: the contents in place of the deliveries' paths are in ``ask.landed``."""

    def harvest(stop_after: int | None = None, limits: Limits = FAST, **settings: Any) -> list[Any]:
        given: dict[str, Any] = {
            "url": f"{source.url}/api",
            "name": "feed_{after}_{page:03d}.json",
            "records": "data.items",
            "headers": {"X-Token": "${PARTNER_TOKEN}"},
            "paging": PAGE,
            "cursor": CURSOR,
        } | settings
        api = Api(**given)
        keeper = Keeper(tmp_path / "_cursor.json", api.model_dump_json())
        found: list[Any] = []
        answers = deliveries(api, environment=Environment(), limits=limits, scratch=tmp_path / "work", keeper=keeper)
        for answer in answers:
            if isinstance(answer, Delivery):
                target = tmp_path / "landed" / answer.name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(answer.path.read_bytes())
            found.append(answer)
            if len(found) == stop_after:
                break  # the process is killed before it asks for the next
        return found

    return harvest


def names(answers: list[Any]) -> list[str]:
    return [a.name if isinstance(a, Delivery) else a.code if isinstance(a, Refusal) else "unchanged" for a in answers]


def newest(tmp_path: Path) -> str:
    return str(json.loads((tmp_path / "_cursor.json").read_text())["newest"])


# what is delivered


def test_every_page_is_landed_as_it_came_and_the_cursor_is_the_newest_record(
    partner: Partner, ask: Ask, tmp_path: Path
) -> None:
    after = "20260930T230000"  # the start less the overlap
    assert names(ask()) == [f"feed_{after}_001.json", f"feed_{after}_002.json", f"feed_{after}_003.json"]
    assert [json.loads(p.read_bytes()) for p in sorted((tmp_path / "landed").iterdir())] == [
        {"data": {"items": RECORDS[0:2]}, "total": 5},
        {"data": {"items": RECORDS[2:4]}, "total": 5},
        {"data": {"items": RECORDS[4:5]}, "total": 5},
    ]
    assert newest(tmp_path) == "2026-10-25T00:00:00+00:00"
    asked = partner.source.asked
    assert [a.params for a in asked] == [
        {"updatedAfter": "2026-09-30T23:00:00Z", "size": "2", "page": str(n)} for n in (1, 2, 3)
    ]
    assert not list((tmp_path / "work").rglob("*.json"))


def test_the_next_time_only_the_overlap_is_asked_again(partner: Partner, ask: Ask, tmp_path: Path) -> None:
    ask()
    partner.records.append(record(6, "2026-10-26T12:00:00Z"))
    assert names(ask()) == ["feed_20261024T230000_001.json"]
    landed = json.loads((tmp_path / "landed" / "feed_20261024T230000_001.json").read_bytes())
    assert [r["id"] for r in landed["data"]["items"]] == [5, 6]
    assert newest(tmp_path) == "2026-10-26T12:00:00+00:00"


def test_nothing_behind_the_cursor_is_unchanged(partner: Partner, ask: Ask) -> None:
    ask(cursor=CURSOR.model_copy(update={"overlap_s": 0}))
    assert names(ask(cursor=CURSOR.model_copy(update={"overlap_s": 0}))) == ["unchanged"]


def test_a_run_killed_between_pages_asks_for_all_again_under_the_same_names(
    partner: Partner, ask: Ask, tmp_path: Path
) -> None:
    first = ask(stop_after=2)
    assert not (tmp_path / "_cursor.json").exists()
    again = ask()
    assert [(a.name, a.signature) for a in again[:2]] == [(a.name, a.signature) for a in first]


def test_other_settings_begin_anew(partner: Partner, ask: Ask) -> None:
    ask()
    assert len(ask(params={"region": "31"})) == 3


@pytest.mark.parametrize(
    ("paging", "asked"),
    [
        (Paging(style="offset", parameter="skip", size=2, size_parameter="limit"), ["0", "2", "4", "5"]),
        (Paging(style="token", parameter="next", next="next"), [None, "2", "4"]),
    ],
    ids=["offset", "token"],
)
def test_other_ways_of_paging(source: HostileSource, ask: Ask, paging: Paging, asked: list[str | None]) -> None:
    def answer(request: Asked) -> Answer:
        start = int(request.params.get("skip", request.params.get("next", "0")))
        body = {"items": RECORDS[start : start + 2], "next": str(start + 2) if start + 2 < 5 else None}
        return Answer(json.dumps(body).encode())

    source.pages["/api"] = answer
    found = ask(records="items", paging=paging, cursor=None, headers={}, name="p{page}.json")
    assert names(found) == ["p1.json", "p2.json", "p3.json"]
    assert [a.params.get(str(paging.parameter)) for a in source.asked] == asked


def test_a_link_leads_on_but_not_to_another_server(source: HostileSource, ask: Ask) -> None:
    links = {"1": "/api?page=2", "2": f"{source.url}/api?page=3", "3": "http://127.0.0.2:9/api?page=4"}
    source.pages["/api"] = lambda asked: Answer(
        json.dumps({"items": [1], "next": links[(n := asked.params.get("page", "1"))], "page": n}).encode()
    )
    link = Paging(style="link", next="next")
    found = ask(records="items", paging=link, cursor=None, headers={}, name="p{page}.json")
    assert names(found) == ["redirect"]
    assert "lies elsewhere (http://127.0.0.2:9/api?page=4), where the token must not go" in found[0].message
    links["3"] = ""
    assert names(ask(records="items", paging=link, cursor=None, headers={}, name="p{page}.json")) == [
        "p1.json",
        "p2.json",
        "p3.json",
    ]


def test_csv_pages_end_at_the_first_without_rows(source: HostileSource, ask: Ask, tmp_path: Path) -> None:
    rows = {"1": b"id,at\n1,5\n2,9\n", "2": b"id,at\n3,7\n"}
    source.pages["/api"] = lambda asked: Answer(rows.get(asked.params["page"], b"id,at\n"))
    settings = {
        "format": "csv",
        "headers": {},
        "name": "r_{after}_{page}.csv",
        "paging": Paging(style="page", parameter="page"),
        "cursor": ApiCursor(parameter="after", field="at", start="0", kind="integer"),
    }
    assert names(ask(**settings)) == ["r_0_1.csv", "r_0_2.csv"]
    assert newest(tmp_path) == "9"


# sources that fail


def test_a_wrong_token_is_said_and_not_shown(
    partner: Partner, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PARTNER_TOKEN", "wr0ng-token")
    found = ask()
    assert names(found) == ["http_status"]
    assert "401 Said; the provider wants credentials" in found[0].message
    assert "wr0ng-token" not in f"{found!r} {caplog.text}"


def test_without_its_variable_a_feed_is_not_configured(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARTNER_TOKEN", raising=False)
    found = ask()
    assert (names(found), found[0].message.split(": ")[-1]) == (
        ["not_configured"],
        "set the variable PARTNER_TOKEN in the environment",
    )


def test_a_server_that_is_down_lands_nothing(source: HostileSource, partner: Partner, ask: Ask) -> None:
    source.close()
    assert names(ask()) == ["connection"]


def test_a_page_cut_short_by_a_wrong_length_is_asked_again(source: HostileSource, partner: Partner, ask: Ask) -> None:
    spoilt = iter([True])
    whole = partner.answer

    def answer(asked: Asked) -> Answer:
        sound = whole(asked)
        return replace(sound, body=sound.body[:-4]) if next(spoilt, False) else sound

    source.pages["/api"] = answer
    assert len(ask()) == 3


def test_a_page_that_comes_twice_is_not_taken_for_two(source: HostileSource, partner: Partner, ask: Ask) -> None:
    source.pages["/api"] = lambda asked: partner.answer(replace(asked, params=asked.params | {"page": "1"}))
    found = ask()
    assert names(found) == ["repeated_page"]
    assert "page 2 is page 1 once more; gave up after 3 attempt(s)" in found[0].message


def test_endless_paging_ends(source: HostileSource, ask: Ask, tmp_path: Path) -> None:
    source.pages["/api"] = lambda asked: Answer(json.dumps([asked.params["page"]]).encode())
    paging = Paging(style="page", parameter="page", max_pages=7)
    found = ask(records="", paging=paging, cursor=None, headers={}, name="p{page}.json")
    assert names(found) == ["endless_paging"]
    assert len(source.asked) == 7
    assert not list((tmp_path / "work").rglob("0000*"))


def test_a_source_that_changes_while_it_is_paged_is_asked_from_the_start(
    source: HostileSource, partner: Partner, ask: Ask, tmp_path: Path
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.params["page"] == "2" and len(partner.records) == 5:
            del partner.records[0]  # everything moves up by one: record 3 would never be seen
        return partner.answer(asked)

    source.pages["/api"] = answer
    assert len(ask()) == 2
    bodies = [json.loads(p.read_bytes()) for p in sorted((tmp_path / "landed").iterdir())]
    assert [r["id"] for b in bodies for r in b["data"]["items"]] == [2, 3, 4, 5]
    assert {b["total"] for b in bodies} == {4}


def test_a_clock_ahead_of_its_time_does_not_move_the_cursor_into_the_future(
    partner: Partner, ask: Ask, tmp_path: Path
) -> None:
    partner.records.append(record(7, "2027-10-25T00:00:00Z"))
    ask()
    assert newest(tmp_path) == "2026-10-25T00:00:00+00:00"


def test_a_record_stamped_late_by_a_slow_clock_is_caught_by_the_overlap(partner: Partner, ask: Ask) -> None:
    ask()
    partner.records.append(record(8, "2026-10-24T23:30:00Z"))
    assert names(ask()) == ["feed_20261024T230000_001.json"]


def test_an_error_in_place_of_records_is_told_by_its_keys(source: HostileSource, ask: Ask) -> None:
    source.pages["/api"] = lambda asked: Answer(b'{"code": 500, "msg": "s3cret"}')
    found = ask(headers={})
    assert names(found) == ["unexpected_page"]
    assert found[0].message.endswith("page 1 has no list of records at data.items; it has code, msg")
