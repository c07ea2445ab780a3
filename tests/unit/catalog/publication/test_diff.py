"""Two publications compared: every changed number, no other."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from catalog import publication as pub


def ids(world) -> tuple[str, str]:
    first, second = (p.id for p in pub.publications(world.lake))
    return first, second


def test_exactly_the_changed_values_are_listed_largest_first(corrected) -> None:
    found = pub.diff(corrected.lake, ids(corrected)[0])
    assert (found.before, found.after) == ids(corrected)
    shown = [
        (
            row["indicator_code"],
            row["period_type"],
            row["region_code"],
            *map(str, (row["value_before"], row["value_after"])),
        )
        for row in found.top
    ]
    assert shown == [
        ("air_pm25_hour", "hour", "1223A", "28.0000", "100.0000"),
        ("air_pm25_day", "day", "330100", "28.0000", "29.5000"),  # 72 more over 48 hours
        ("air_pm25_year", "year", "330100", "26.0000", "26.3750"),
        ("air_pm25_year", "ytd", "330100", "26.0000", "26.3750"),
    ]
    assert found.top[0]["difference"] == 72
    assert found.top[0]["relative_change"] == pytest.approx(72 / 28)
    assert found.changed_values == 4


def test_values_of_a_month_that_depend_on_other_inputs_now_are_counted_apart(corrected) -> None:
    summary = {(s.indicator_code, s.period_type): s for s in pub.diff(corrected.lake, ids(corrected)[0]).summary}
    hours = summary["air_pm25_hour", "hour"]
    assert (hours.added, hours.removed, hours.changed, hours.same_value) == (0, 0, 1, 143)


def test_tables_and_partitions_that_differ_are_named(corrected) -> None:
    changed = [
        (c.table, c.partition, c.change, c.rows_after) for c in pub.diff(corrected.lake, ids(corrected)[0]).partitions
    ]
    assert ("air_station_hour", "month=2019-03", "changed", 144) in changed
    assert "month=2019-04" not in {partition for table, partition, *_ in changed if table != "indicator_values"}
    assert {c[0] for c in changed}.isdisjoint({"dim_region", "catalog_indicators", "restatements"})


def test_a_publication_does_not_differ_from_itself(corrected) -> None:
    first, _ = ids(corrected)
    same = pub.diff(corrected.lake, first, first)
    assert (same.partitions, same.summary, same.top) == ([], [], [])


def test_added_and_removed_values_are_told_apart(world) -> None:
    world.months, kept = ("2019-03",), world.batches
    world.batches = kept[:1]
    world.publish()
    world.months, world.batches = ("2019-03", "2019-04"), kept
    world.publish()
    first, second = ids(world)
    added = {(s.indicator_code, s.period_type): s.added for s in pub.diff(world.lake, first, second).summary}
    removed = {(s.indicator_code, s.period_type): s.removed for s in pub.diff(world.lake, second, first).summary}
    assert added == removed
    assert (added["air_pm25_hour", "hour"], added["air_pm25_day", "day"], added["air_pm25_year", "year"]) == (144, 4, 0)


def test_every_change_goes_to_a_table_for_the_desk(corrected, tmp_path: Path) -> None:
    target = tmp_path / "changes.csv"
    assert pub.write_csv(corrected.lake, ids(corrected)[0], None, target) == 4
    with target.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert [(r["indicator_code"], r["value_before"], r["value_after"], r["status_after"]) for r in rows] == [
        ("air_pm25_hour", "28.0000", "100.0000", "restated"),
        ("air_pm25_day", "28.0000", "29.5000", "restated"),
        ("air_pm25_year", "26.0000", "26.3750", "restated"),
        ("air_pm25_year", "26.0000", "26.3750", "provisional"),
    ]


def test_machines_get_every_digit(corrected) -> None:
    told = json.loads(pub.diff(corrected.lake, ids(corrected)[0]).to_json())
    assert told["top"][0]["value_after"] == "100.0000"


def test_publications_without_numbers_say_so(world, specs) -> None:
    pub.build(world.lake, scratch=world.compute(), tables=[specs["dim_region"]], facts=world.facts())
    only = pub.current_id(world.lake)
    with pytest.raises(pub.PublicationError, match=r"neither .* holds indicator_values"):
        pub.diff(world.lake, only, only)
