"""How far a feed has been taken: read, compared, kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.connectors.cursors import Keeper, asked_from, in_name, newest, read
from ingest.connectors.refusing import RefusedError
from ingest.delivery import Cursor

RULE = Cursor(field="at", start="2026-01-01", zone="Asia/Shanghai", overlap_s=60)
NUMBERS = Cursor(field="id", kind="integer", start="7", overlap_s=60)
START = datetime(2025, 12, 31, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-01", START),
        ("2026-01-01 08:00:00.5", datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00-05:00", datetime(2026, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_timestamp_without_zone_is_of_the_feeds_zone(text: str, instant: datetime) -> None:
    assert read(RULE, text) == instant


def test_what_is_no_cursor_says_what_was_expected() -> None:
    with pytest.raises(RefusedError, match="at holds 'gestern' where an ISO 8601 timestamp was expected"):
        read(RULE, "gestern")


def test_the_newest_is_readable_not_of_the_future_and_never_goes_back() -> None:
    assert newest(RULE, START, ["2026-03-01", None, "?", "2027-01-01", "2026-02-01"]) == read(RULE, "2026-03-01")
    assert newest(RULE, START, ["2020-01-01"]) == START
    assert newest(NUMBERS, 7, ["9", 12, 8]) == 12


def test_values_none_of_which_can_be_read_are_told() -> None:
    with pytest.raises(RefusedError, match="at holds '\\?'"):
        newest(RULE, START, ["?", None])


def test_the_overlap_is_asked_again_in_time_only() -> None:
    assert asked_from(RULE, START) == datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
    assert asked_from(NUMBERS, 7) == 7


def test_a_position_makes_a_name_without_signs() -> None:
    assert [in_name(p) for p in (START, START.replace(microsecond=5), 12, None)] == [
        "20251231T160000",
        "20251231T160000000005",
        "12",
        "all",
    ]


def test_a_cursor_is_kept_for_the_settings_it_was_made_with(tmp_path: Path) -> None:
    path = tmp_path / "_cursor.json"
    Keeper(path, "query one").save(datetime(2026, 3, 1, tzinfo=UTC))
    assert Keeper(path, "query one").load(RULE) == datetime(2026, 3, 1, tzinfo=UTC)
    assert Keeper(path, "query two").load(RULE) == START
    path.write_text("torn {")
    assert Keeper(path, "query one").load(RULE) == START
