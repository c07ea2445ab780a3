"""Finding, reading and rolling back publications."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from catalog import publication as pub
from catalog.lake import Lake

AT = datetime(2026, 2, 1, tzinfo=UTC)


def ids(world) -> tuple[str, str]:
    first, second = (p.id for p in pub.publications(world.lake))
    return first, second


# --- reading -----------------------------------------------------------------------------------------------------


def test_readers_see_tables_and_the_hours_that_are_only_in_parquet(published) -> None:
    with pub.connect(published.lake) as c:
        assert c.execute("SELECT count(*) FROM indicator_values").fetchone() == (12,)
        assert c.execute("SELECT count(*) FROM indicator_values_hour").fetchone() == (288,)
        assert c.execute("SELECT count(*) FROM air_station_hour").fetchone() == (288,)
        first = c.execute("SELECT min(interval_end_at)::VARCHAR FROM air_station_hour").fetchone()
        assert first == ("2019-03-04 01:00:00+08",)


def test_readers_cannot_write(published) -> None:
    with pub.connect(published.lake) as c, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        c.execute("DELETE FROM indicator_values")


def test_a_reader_keeps_its_publication_while_a_newer_one_appears(published) -> None:
    world, opened = published, pub.open_publication(published.lake)
    with opened.connect() as c:
        world.correct("1223A", "2019-03-05", 13, 100)
        world.publish()
        assert pub.current_id(world.lake) != opened.id
        day = "SELECT value::INT FROM indicator_values WHERE region_code = '330100' AND period_start = '2019-03-05'"
        assert c.execute(day).fetchone() == (28,)


def test_a_publication_is_found_by_id_part_of_id_or_as_the_current_one(corrected) -> None:
    first, second = ids(corrected)
    assert pub.open_publication(corrected.lake).id == second
    assert pub.open_publication(corrected.lake, "current").id == second
    assert pub.open_publication(corrected.lake, first).id == first
    assert pub.open_publication(corrected.lake, first[-8:]).id == first
    with pytest.raises(pub.UnknownPublicationError, match=f"fits several publications; there are: {first}, {second}"):
        pub.open_publication(corrected.lake, "2026")
    with pytest.raises(pub.UnknownPublicationError, match=f"is no publication; there are: {first}, {second}"):
        pub.open_publication(corrected.lake, "nonsense")


def test_an_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert pub.current_id(lake) is None
    assert pub.publications(lake) == []
    with pytest.raises(
        pub.UnknownPublicationError, match=r"nothing is published in .*; publish first: ecolake publish"
    ):
        pub.connect(lake)


def test_a_pointer_to_nowhere_says_what_to_do(corrected) -> None:
    first, second = ids(corrected)
    (corrected.lake.publications / second).rename(corrected.lake.root / "moved")
    with pytest.raises(pub.UnknownPublicationError, match=f"points to {second}, which is gone; there are: {first}"):
        pub.open_publication(corrected.lake)


# --- rolling back ------------------------------------------------------------------------------------------------


def test_a_rollback_is_checked_recorded_and_done(corrected) -> None:
    first, second = ids(corrected)
    chosen = pub.rollback(corrected.lake, first, by="王", reason="wrong file", at=AT)
    assert (chosen.id, pub.current_id(corrected.lake)) == (first, first)
    event = pub.events(corrected.lake)[-1]
    assert (event.action, event.publication, event.before, event.by, event.reason, event.at) == (
        "rollback",
        first,
        second,
        "王",
        "wrong file",
        AT,
    )


def test_a_damaged_publication_is_not_rolled_back_to(corrected, flip) -> None:
    first, second = ids(corrected)
    flip(corrected.lake.publications / first / "ecolake.duckdb")
    with pytest.raises(pub.PublicationError, match=f"{first} is damaged, nothing was switched: .*ecolake.duckdb"):
        pub.rollback(corrected.lake, first, by="x", reason="y", at=AT)
    assert pub.current_id(corrected.lake) == second
    assert len(pub.events(corrected.lake)) == 2


def test_a_rollback_works_when_core_and_landing_and_the_current_one_are_lost(corrected, flip) -> None:
    first, second = ids(corrected)
    for batch in corrected.batches:
        (corrected.lake.root / batch.landing_path).unlink()
    flip(corrected.lake.publications / second / "manifest.json")
    assert pub.rollback(corrected.lake, first, by="x", reason="y", at=AT).id == first


def test_the_next_run_does_not_bring_back_what_was_put_away(corrected) -> None:
    first, second = ids(corrected)
    pub.rollback(corrected.lake, first, by="王", reason="wrong file", at=AT)
    outcome = corrected.publish()
    assert (outcome.kind, pub.current_id(corrected.lake)) == ("withheld", first)
    assert (
        f"the content of {second}, from which 王 rolled back (wrong file); to lift that: ecolake rollback {second}"
        in (outcome.reason)
    )
    pub.rollback(corrected.lake, second, by="王", reason="it was right", at=AT)
    assert corrected.publish().kind == "unchanged"


def test_new_content_is_published_after_a_rollback_and_restates_what_readers_saw(corrected) -> None:
    first, _ = ids(corrected)
    pub.rollback(corrected.lake, first, by="王", reason="wrong file", at=AT)
    corrected.correct("1223A", "2019-03-05", 13, 52)
    with corrected.publish().publication.connect() as c:
        hours = c.execute("SELECT value_before::INT, value_after::INT FROM restatements WHERE period_type = 'hour'")
        assert hours.fetchall() == [(28, 52)]


def test_rolling_back_to_the_current_one_is_a_mistake(corrected) -> None:
    with pytest.raises(pub.PublicationError, match="is the current publication already"):
        pub.rollback(corrected.lake, ids(corrected)[1], by="x", reason="y", at=AT)


def test_a_line_cut_off_by_a_power_cut_does_not_hide_the_others(corrected) -> None:
    first, second = ids(corrected)
    with (corrected.lake.publications / "_events.jsonl").open("ab") as handle:
        handle.write('{"action": "publish", "by": "王'.encode()[:-1])
    pub.rollback(corrected.lake, first, by="x", reason="y", at=AT)
    assert [(e.action, e.publication) for e in pub.events(corrected.lake)] == [
        ("publish", first),
        ("publish", second),
        ("rollback", first),
    ]
