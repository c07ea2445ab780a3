"""Finding, reading and rolling back publications."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from catalog import publication as pub
from catalog.lake import Lake

AT = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def two(world):
    """A publication, and one after a correction."""
    world.publish()
    world.correct("1223A", "2019-03-05", 13, 100)
    world.publish()
    return world


def ids(world) -> tuple[str, str]:
    first, second = (p.id for p in pub.publications(world.lake))
    return first, second


# --- reading -----------------------------------------------------------------------------------------------------------


def test_readers_see_tables_and_the_hours_that_are_only_in_parquet(world) -> None:
    world.publish()
    with pub.connect(world.lake) as c:
        assert c.execute("SELECT count(*) FROM indicator_values").fetchone() == (12,)
        assert c.execute("SELECT count(*) FROM indicator_values_hour").fetchone() == (288,)
        assert c.execute("SELECT count(*) FROM air_station_hour").fetchone() == (288,)
        first = c.execute("SELECT min(interval_end_at)::VARCHAR FROM air_station_hour").fetchone()
        assert first == ("2019-03-04 01:00:00+08",)


def test_readers_cannot_write(world) -> None:
    world.publish()
    with pub.connect(world.lake) as c, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        c.execute("DELETE FROM indicator_values")


def test_a_reader_keeps_its_publication_while_a_newer_one_appears(world) -> None:
    opened = world.publish().publication
    with opened.connect() as c:
        world.correct("1223A", "2019-03-05", 13, 100)
        world.publish()
        assert pub.current_id(world.lake) != opened.id
        day = "SELECT value::INT FROM indicator_values WHERE region_code = '330100' AND period_start = '2019-03-05'"
        assert c.execute(day).fetchone() == (28,)


def test_a_publication_is_found_by_id_part_of_id_or_as_the_current_one(two) -> None:
    first, second = ids(two)
    assert pub.open_publication(two.lake).id == second
    assert pub.open_publication(two.lake, "current").id == second
    assert pub.open_publication(two.lake, first).id == first
    assert pub.open_publication(two.lake, first[-8:]).id == first
    with pytest.raises(pub.UnknownPublicationError, match=f"fits several publications; there are: {first}, {second}"):
        pub.open_publication(two.lake, "2026")
    with pytest.raises(pub.UnknownPublicationError, match=f"is no publication; there are: {first}, {second}"):
        pub.open_publication(two.lake, "nonsense")


def test_an_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert pub.current_id(lake) is None
    assert pub.publications(lake) == []
    with pytest.raises(pub.UnknownPublicationError, match="nothing is published in .*; publish first: ecolake publish"):
        pub.connect(lake)


def test_a_pointer_to_nowhere_says_what_to_do(two) -> None:
    first, second = ids(two)
    (two.lake.publications / second).rename(two.lake.root / "moved")
    with pytest.raises(pub.UnknownPublicationError, match=f"points to {second}, which is gone; there are: {first}"):
        pub.open_publication(two.lake)


# --- rolling back ------------------------------------------------------------------------------------------------------


def test_a_rollback_is_checked_recorded_and_done(two) -> None:
    first, second = ids(two)
    chosen = pub.rollback(two.lake, first, by="王", reason="wrong file", at=AT)
    assert (chosen.id, pub.current_id(two.lake)) == (first, first)
    event = pub.events(two.lake)[-1]
    assert (event.action, event.publication, event.before, event.by, event.reason, event.at) == (
        "rollback",
        first,
        second,
        "王",
        "wrong file",
        AT,
    )


def test_a_damaged_publication_is_not_rolled_back_to(two, flip) -> None:
    first, second = ids(two)
    flip(two.lake.publications / first / "ecolake.duckdb")
    with pytest.raises(pub.PublicationError, match=f"{first} is damaged, nothing was switched: .*ecolake.duckdb"):
        pub.rollback(two.lake, first, by="x", reason="y", at=AT)
    assert pub.current_id(two.lake) == second
    assert len(pub.events(two.lake)) == 2


def test_a_rollback_works_when_core_and_landing_and_the_current_one_are_lost(two, flip) -> None:
    first, second = ids(two)
    for batch in two.batches:
        (two.lake.root / batch.landing_path).unlink()
    flip(two.lake.publications / second / "manifest.json")
    assert pub.rollback(two.lake, first, by="x", reason="y", at=AT).id == first


def test_the_next_run_does_not_bring_back_what_was_put_away(two) -> None:
    first, second = ids(two)
    pub.rollback(two.lake, first, by="王", reason="wrong file", at=AT)
    outcome = two.publish()
    assert (outcome.kind, pub.current_id(two.lake)) == ("withheld", first)
    assert outcome.reason == (
        f"this is the content of {second}, from which 王 rolled back (wrong file); to lift that: ecolake rollback {second}"
    )
    pub.rollback(two.lake, second, by="王", reason="it was right", at=AT)
    assert two.publish().kind == "unchanged"


def test_new_content_is_published_after_a_rollback_and_restates_what_readers_saw(two) -> None:
    first, _ = ids(two)
    pub.rollback(two.lake, first, by="王", reason="wrong file", at=AT)
    two.correct("1223A", "2019-03-05", 13, 52)
    with two.publish().publication.connect() as c:
        hours = c.execute("SELECT value_before::INT, value_after::INT FROM restatements WHERE period_type = 'hour'")
        assert hours.fetchall() == [(28, 52)]


def test_rolling_back_to_the_current_one_is_a_mistake(two) -> None:
    with pytest.raises(pub.PublicationError, match="is the current publication already"):
        pub.rollback(two.lake, ids(two)[1], by="x", reason="y", at=AT)


def test_a_line_cut_off_by_a_power_cut_does_not_hide_the_others(two) -> None:
    first, second = ids(two)
    with (two.lake.publications / "_events.jsonl").open("ab") as handle:
        handle.write('{"action": "publish", "by": "王'.encode()[:-1])
    pub.rollback(two.lake, first, by="x", reason="y", at=AT)
    assert [(e.action, e.publication) for e in pub.events(two.lake)] == [
        ("publish", first),
        ("publish", second),
        ("rollback", first),
    ]
