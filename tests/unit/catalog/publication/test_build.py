"""Building: the same inputs give the same content, a broken table is refused, what did not change is not made again."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from catalog import publication as pub
from catalog.lake import Lake

SPEC = pub.TableSpec(name="t", key=("key",), grain="one row per key")
HOURS = pub.TableSpec(name="air_station_hour", schema="themes", key=("station_code", "interval_end_at"), grain="hours")


@pytest.fixture
def publish_sql(tmp_path: Path, world) -> Callable[..., pub.Outcome]:
    """Publish tables made by SQL."""

    def publish(sql: str, *specs: pub.TableSpec, **facts) -> pub.Outcome:
        scratch = tmp_path / "sql.duckdb"
        scratch.unlink(missing_ok=True)
        with duckdb.connect(scratch) as c:
            c.execute(sql)
        return pub.build(world.lake, scratch=scratch, tables=specs or [SPEC], facts=replace(world.facts(), **facts))

    return publish


def inodes(publication: pub.Publication) -> dict[str, int]:
    return {
        p.path: (publication.folder / p.path).stat().st_ino for t in publication.manifest.tables for p in t.partitions
    }


# --- what a publication is ---------------------------------------------------------------------------------------


def test_its_id_says_when_and_what_and_it_becomes_current(world) -> None:
    outcome = world.publish()
    assert outcome.kind == "built"
    assert outcome.publication.id == f"20260101T010000Z-{outcome.publication.manifest.content_hash[:8]}"
    assert (world.lake.publications / "current").readlink() == Path(outcome.publication.id)
    assert [(e.action, e.publication, e.before) for e in pub.events(world.lake)] == [
        ("publish", outcome.publication.id, None)
    ]


def test_every_table_is_parquet_sorted_by_its_key_and_hours_are_by_month(world) -> None:
    folder = world.publish().publication.folder
    found = sorted(str(p.relative_to(folder / "tables")) for p in (folder / "tables").rglob("*.parquet"))
    assert [p for p in found if p.startswith(("air_station", "indicator"))] == [
        "air_station_hour/month=2019-03/part.parquet",
        "air_station_hour/month=2019-04/part.parquet",
        "indicator_values/period_type=day/month=2019-03/part.parquet",
        "indicator_values/period_type=day/month=2019-04/part.parquet",
        "indicator_values/period_type=hour/month=2019-03/part.parquet",
        "indicator_values/period_type=hour/month=2019-04/part.parquet",
        "indicator_values/period_type=year/month=2019-12/part.parquet",
        "indicator_values/period_type=ytd/month=2019-04/part.parquet",
    ]
    part = folder / "tables/air_station_hour/month=2019-03/part.parquet"
    keys = duckdb.sql(f"SELECT station_code, interval_end_at FROM read_parquet('{part}', hive_partitioning=false)")
    rows = keys.fetchall()
    assert len(rows) == 144
    assert rows == sorted(rows)


def test_the_database_can_be_carried_away_alone(world, tmp_path: Path) -> None:
    publication = world.publish().publication
    shutil.copy(publication.folder / "ecolake.duckdb", tmp_path / "carried.duckdb")
    with duckdb.connect(tmp_path / "carried.duckdb", read_only=True) as c:
        kinds = c.execute("SELECT period_type, count(*) FROM indicator_values GROUP BY 1 ORDER BY 1").fetchall()
        about = c.execute("SELECT id, simulated, profile FROM publication").fetchall()
        grain = c.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'air_city_day'").fetchall()
    assert kinds == [("day", 8), ("year", 2), ("ytd", 2)]
    assert about == [(publication.id, False, "live")]
    assert grain == [("one row per city and day",)]


def test_its_files_are_read_only(world) -> None:
    folder = world.publish().publication.folder
    assert {p.stat().st_mode & 0o777 for p in folder.rglob("*") if p.is_file()} == {0o444}


# --- the content hash --------------------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_content_on_another_machine_at_another_time(world, tmp_path: Path) -> None:
    first = world.publish().publication.manifest
    other = type(world)(Lake(tmp_path / "elsewhere"), tmp_path / "other.duckdb", months=world.months[::-1])
    other.clock += timedelta(days=400)
    for month in other.months:
        other.receive(month)
    second = other.publish().publication.manifest
    assert second.content_hash == first.content_hash
    assert second.id != first.id


def test_the_same_rows_give_the_same_bytes_with_any_number_of_threads(world, tmp_path: Path, monkeypatch) -> None:
    scratch = world.compute()
    found = []
    for threads in (1, 2, 7):
        monkeypatch.setattr("catalog.publication.engine.OFFLINE", {"threads": threads})
        lake = Lake(tmp_path / f"threads{threads}")
        made = pub.build(lake, scratch=scratch, tables=[HOURS], facts=world.facts()).publication.manifest
        found.append(made.tables[0].partitions[0].sha256)
    assert len(set(found)) == 1


def test_how_often_a_number_was_restated_is_no_part_of_the_content(world, tmp_path: Path) -> None:
    world.publish()
    world.correct("1223A", "2019-03-05", 13, 100)
    late = world.publish().publication.manifest
    at_once = type(world)(Lake(tmp_path / "elsewhere"), tmp_path / "other.duckdb", corrected=world.corrected)
    for month in at_once.months:
        at_once.receive(month)
    assert at_once.publish().publication.manifest.content_hash == late.content_hash
    assert late.changes.restated == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SELECT 1 AS key, 'a' AS word", "SELECT 1 AS key, 'b' AS word"),
        ("SELECT 1 AS key, 'a' AS word", "SELECT 1 AS key, 'a' AS term"),
        ("SELECT 1 AS key", "SELECT 1::BIGINT AS key"),
        ("SELECT 1 AS key", "SELECT 1 AS key WHERE false"),
    ],
    ids=["a value", "a name", "a type", "a row"],
)
def test_any_difference_is_another_content(publish_sql, before: str, after: str) -> None:
    publish_sql(f"CREATE TABLE t AS {before}")
    assert publish_sql(f"CREATE TABLE t AS {after}").kind == "built"


# --- nothing is done twice ---------------------------------------------------------------------------------------


def test_nothing_changed_nothing_published(world) -> None:
    first = world.publish().publication
    world.clock += timedelta(days=1)
    again = world.publish()
    assert (again.kind, again.publication.id) == ("unchanged", first.id)
    assert [p.id for p in pub.publications(world.lake)] == [first.id]


def test_partitions_with_the_same_content_are_the_same_files(world) -> None:
    before = inodes(world.publish().publication)
    world.correct("1223A", "2019-03-05", 13, 100)
    publication = world.publish().publication
    after = inodes(publication)
    assert sorted(path for path in before if before[path] != after[path]) == [
        "tables/air_city_day/month=2019-03/part.parquet",
        "tables/air_station_hour/month=2019-03/part.parquet",
        "tables/batches/part.parquet",
        "tables/indicator_values/period_type=day/month=2019-03/part.parquet",
        "tables/indicator_values/period_type=hour/month=2019-03/part.parquet",
        "tables/indicator_values/period_type=year/month=2019-12/part.parquet",
        "tables/indicator_values/period_type=ytd/month=2019-04/part.parquet",
        "tables/lineage_batches/part.parquet",
        "tables/lineage_inputs/part.parquet",
        "tables/restatements/part.parquet",
    ]
    assert pub.verify(world.lake).findings == []


def test_a_partition_whose_fingerprint_is_known_is_not_read(publish_sql) -> None:
    """Proven by a lie: the rows differ, the fingerprint says they do not."""
    spec = replace(SPEC, partition=("month",))
    words = {("t", "month=2019-03"): "same", ("t", "month=2019-04"): "same"}
    first = publish_sql("CREATE TABLE t AS SELECT 1 AS key, '2019-03' AS month", spec, fingerprints=words)
    told = publish_sql("CREATE TABLE t AS SELECT 2 AS key, '2019-03' AS month", spec, fingerprints=words)
    assert (told.kind, told.publication.id) == ("unchanged", first.publication.id)
    seen = publish_sql("CREATE TABLE t AS SELECT 2 AS key, '2019-03' AS month", spec)
    assert seen.kind == "built"


def test_the_database_follows_from_the_one_before_and_holds_the_same(world) -> None:
    world.publish(vouch=True)
    world.correct("1225A", "2019-04-02", 1, None)
    publication = world.publish(vouch=True).publication
    with publication.connect() as c:
        days = c.execute("SELECT region_code, local_date::VARCHAR, pm25_ug_m3::DOUBLE FROM air_city_day ORDER BY ALL")
        assert days.fetchall() == [
            ("330100", "2019-03-04", 27.0),
            ("330100", "2019-03-05", 28.0),
            ("330100", "2019-04-01", 24.0),
            ("330100", "2019-04-02", 25.0),
            ("330200", "2019-03-04", 28.5),
            ("330200", "2019-03-05", 29.5),
            ("330200", "2019-04-01", 25.5),
            ("330200", "2019-04-02", 27.0),  # mean of 16 … 38 without the first hour, 15
        ]
    assert pub.verify(world.lake).findings == []


def test_a_rotten_database_is_not_carried_on(world, flip) -> None:
    flip(world.publish().publication.folder / "ecolake.duckdb")
    world.correct("1223A", "2019-03-05", 13, 100)
    world.publish()
    assert pub.verify(world.lake).findings == []


def test_a_table_that_is_no_longer_published_leaves_the_database(publish_sql) -> None:
    both = "CREATE TABLE t AS SELECT 1 AS key; CREATE TABLE u AS SELECT 1 AS key"
    publish_sql(both, SPEC, replace(SPEC, name="u"))
    with publish_sql(both, SPEC).publication.connect() as c:
        assert c.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall() == [("publication",), ("t",)]


# --- refused, with a reason --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "spec", "message"),
    [
        ("SELECT unnest([3, 7, 7, 9, 9]) AS key", SPEC, r"main.t: the row with key = 7 stands 2 times"),
        ("SELECT unnest([3, NULL]) AS key", SPEC, r"main.t: the row with key = None has a null in its key"),
        ("SELECT 1 AS other", SPEC, r"main.t: no key column \['key'\]; columns are \['other'\]"),
        ("SELECT 1 AS key", replace(SPEC, volatile=("received",)), r"main.t: no volatile column \['received'\]"),
        ("SELECT 1 AS key", replace(SPEC, name="u"), r"main.u: not in the scratch file"),
        ("SELECT 1 AS key", replace(SPEC, volatile=("key",)), r"main.t: .*key .*cannot be volatile"),
        (
            "SELECT 1 AS key, sum(1) AS n",
            SPEC,
            r"main.t: column n: type HUGEINT cannot be published; .*cast it to BIGINT",
        ),
        (
            "SELECT 1 AS key, '../up' AS month",
            replace(SPEC, partition=("month",)),
            r"'\.\./up'\} cannot name a partition",
        ),
        ("SELECT 1 AS key, NULL AS month", replace(SPEC, partition=("month",)), r"None\} cannot name a partition"),
    ],
)
def test_a_table_that_breaks_its_specification_is_refused(publish_sql, world, sql: str, spec, message: str) -> None:
    with pytest.raises(pub.TableRefusedError, match=message):
        publish_sql(f"CREATE TABLE t AS {sql}", spec)
    assert pub.current_id(world.lake) is None
    assert [p.name for p in world.lake.publications.iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        ([SPEC, SPEC], r"tables \['t'\] are specified twice"),
        ([replace(SPEC, name="publication")], r"tables \['publication'\] are written by the publication itself"),
    ],
)
def test_specifications_must_not_collide(publish_sql, specs, message: str) -> None:
    with pytest.raises(pub.TableRefusedError, match=message):
        publish_sql("CREATE TABLE t AS SELECT 1 AS key; CREATE TABLE publication AS SELECT 1 AS key", *specs)


def test_fingerprints_must_speak_of_tables_that_are_published(publish_sql) -> None:
    with pytest.raises(pub.TableRefusedError, match=r"fingerprints speak of tables \['u'\]"):
        publish_sql("CREATE TABLE t AS SELECT 1 AS key", fingerprints={("u", ""): "x"})


def test_there_is_one_writer_at_a_time(world) -> None:
    world.publish()
    world.correct("1223A", "2019-03-05", 13, 100)
    with (world.lake.publications / ".lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(pub.BusyError, match="another process is publishing"):
            world.publish()
    assert world.publish().kind == "built"


# --- after a crash -----------------------------------------------------------------------------------------------


def test_leftovers_of_the_dead_are_removed(world) -> None:
    world.lake.publications.mkdir(parents=True)
    (world.lake.publications / ".tmp-1-dead" / "tables").mkdir(parents=True)
    (world.lake.publications / ".tmp-1-link").symlink_to("nowhere")
    world.publish()
    assert list(world.lake.publications.glob(".tmp-*")) == []


def test_a_whole_publication_without_pointer_is_adopted(world) -> None:
    publication = world.publish().publication
    (world.lake.publications / "current").unlink()
    world.clock += timedelta(hours=5)
    again = world.publish()
    assert (again.kind, again.publication.id) == ("adopted", publication.id)
    assert pub.current_id(world.lake) == publication.id


def test_two_publications_in_one_second_are_told_apart(world) -> None:
    """A frozen clock: A, then B, then A again, each of them restating the one before."""
    ids = []
    for value in (100, 28, 100):
        world.corrected["1223A", "2019-03-05", 13] = value
        world.receive("2019-03")
        ids.append(world.publish().publication.id)
    assert [i[:16] for i in ids] == ["20260101T010000Z", "20260101T010001Z", "20260101T010002Z"]
    assert ids[0][17:] == ids[2][17:]
    assert [p.manifest.changes.restated for p in pub.publications(world.lake)][-1] == 3


def test_demo_numbers_do_not_restate_live_ones(world) -> None:
    world.publish(profile="demo", simulated=True)
    same = world.publish()
    assert same.kind == "built"
    assert same.publication.simulated is False
    world.publish(profile="demo", simulated=True)
    world.correct("1223A", "2019-03-05", 13, 100)
    assert world.publish().publication.manifest.changes.restated == 0


def test_without_hard_links_files_are_copied(world, monkeypatch) -> None:
    world.publish()
    world.correct("1223A", "2019-03-05", 13, 100)

    def unsupported(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", unsupported)
    world.publish()
    assert pub.verify(world.lake).findings == []
