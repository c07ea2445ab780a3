"""Everything wrong in the feeds is listed, and everything listed is in the feeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

ITEM_TYPES = {
    "pm25_ug_m3": "PM2.5",
    "pm10_ug_m3": "PM10",
    "so2_ug_m3": "SO2",
    "no2_ug_m3": "NO2",
    "o3_ug_m3": "O3",
    "co_mg_m3": "CO",
}


def published(feeds: Any, kind: str) -> list[list[float | None]]:
    """Values of the hours of each listed defect of a kind, item by item."""
    found = []
    for row in feeds.defects.filter(kind=kind).iter_rows(named=True):
        first, last = datetime.fromisoformat(row["first_label"]), datetime.fromisoformat(row["last_label"])
        hours = [first + timedelta(hours=n) for n in range(int((last - first).total_seconds()) // 3600 + 1)]
        for item in ITEM_TYPES if row["item"] == "*" else [row["item"]]:
            series = feeds.series(row["station_code"], ITEM_TYPES[item])
            found.append([series.get(f"{h:%Y-%m-%dT%H}:00") for h in hours])
    return found


def test_every_kind_of_defect_is_there(half_year: Any, small: Any) -> None:
    kinds = {
        *("outage", "maintenance", "missing_hour", "sentinel", "negative", "unit_error", "spike", "frozen", "tampered"),
        *("doubled_column", "repeated_row", "cut_off_line", "random_missing"),
    }
    assert kinds <= set(half_year.defects["kind"])
    assert kinds <= set(small.defects["kind"])


@pytest.mark.parametrize(("kind", "hours"), [("outage", [60] * 6 + [130] * 6), ("maintenance", [8] * 6)])
def test_outages_and_maintenance_have_no_value(half_year: Any, kind: str, hours: list[int]) -> None:
    gaps = published(half_year, kind)
    assert [len(gap) for gap in gaps] == hours
    assert {value for gap in gaps for value in gap} == {None}


def test_absurd_values_stand_as_listed(half_year: Any) -> None:
    assert published(half_year, "sentinel") == [[-99.0] * 5, [9999.0]]
    assert published(half_year, "negative") == [[-3.0] * 3]
    assert published(half_year, "spike") == [[1850.0]]
    (carbon_monoxide,) = published(half_year, "unit_error")
    assert len(carbon_monoxide) == 24
    assert all(100 <= value <= 3000 and value % 100 == 0 for value in carbon_monoxide if value is not None)
    assert None not in carbon_monoxide


def test_no_absurd_value_is_unlisted(half_year: Any) -> None:
    item = pl.col("type").is_in(list(ITEM_TYPES.values()))
    absurd = (pl.col("value").cast(float) < 0) | (pl.col("value").cast(float) > 900)
    cells = half_year.cells.filter(item & absurd).unique(["date", "hour", "type", "station"])
    carbon_monoxide = half_year.cells.filter((pl.col("type") == "CO") & pl.col("value").cast(float).is_between(50, 900))
    listed = half_year.defects.filter(pl.col("kind").is_in(["sentinel", "negative", "spike", "unit_error"]))
    assert cells.height + carbon_monoxide.height == listed["cells"].cast(int).sum() == 5 + 1 + 3 + 1 + 24


def test_frozen_instrument_repeats_one_value(half_year: Any) -> None:
    (frozen,) = published(half_year, "frozen")
    assert len(frozen) == 30
    assert len(set(frozen)) == 1


def test_tampered_station_runs_through_a_cycle_below_its_neighbours(half_year: Any) -> None:
    (tampered,) = published(half_year, "tampered")
    assert len(tampered) == 28 * 24
    assert tampered[:6] * (28 * 4) == tampered
    assert [value - tampered[0] for value in tampered[:6]] == [0, 1, 2, 3, 2, 1]
    row = half_year.defects.filter(kind="tampered").row(0, named=True)
    inside = [
        value
        for code in ("9029A", "9030A", "9031A")
        for label, value in half_year.series(code, "PM2.5").items()
        if row["first_label"] <= label <= row["last_label"]
    ]
    assert sum(tampered) / len(tampered) < sum(inside) / len(inside) - 2


def test_random_gaps_are_listed_to_the_cell(half_year: Any) -> None:
    """Missing cells = outages + maintenance + the absent hour + the listed runs, per item, in CSV and live hours."""
    listed = half_year.defects.filter(pl.col("kind").is_in(["random_missing", "outage", "maintenance", "missing_hour"]))
    days, stations, items = 181, 44, 6
    in_csv = pl.col("first_label") < "2026-03-31T00:00"
    runs_into_live = listed.filter(in_csv & (pl.col("last_label") >= "2026-03-31T00:00"))
    lost_later = runs_into_live.with_columns(later=pl.col("last_label").str.slice(11, 2).cast(int) + 1)["later"].sum()
    missing = listed.filter(in_csv)["cells"].cast(int).sum() - lost_later
    measured = half_year.cells.filter(pl.col("type").is_in(list(ITEM_TYPES.values())))
    there = measured.unique(["date", "hour", "type", "station"]).height
    assert there + missing == days * 24 * stations * items


def test_faults_of_files(half_year: Any) -> None:
    folder = half_year.truth.folder / "air"
    doubled = half_year.defects.filter(kind="doubled_column").row(0, named=True)
    header = (folder / doubled["file"]).read_text(encoding="utf-8").partition("\n")[0].split(",")
    assert header.count(doubled["station_code"]) == 2
    assert len(header) == 3 + 44 + 1
    repeated = half_year.defects.filter(kind="repeated_row").row(0, named=True)
    lines = (folder / repeated["file"]).read_text(encoding="utf-8").split("\n")
    twice = [line for n, line in enumerate(lines) if line == lines[n - 1]]
    assert [line.split(",")[:3] for line in twice] == [["20260306", "7", "PM10"]]
    assert repeated["first_label"] == "2026-03-06T07:00"


def test_cut_line_ends_inside_a_number_and_its_losses_are_listed(half_year: Any) -> None:
    cut = half_year.defects.filter(kind="cut_off_line")
    text = (half_year.truth.folder / "air" / cut["file"][0]).read_text(encoding="utf-8")
    header, last = text.split("\n")[0].split(","), text.split("\n")[-1].split(",")
    assert last[:3] == ["20260313", "23", "CO_24h"]
    assert last[-1].endswith(".")
    assert header[len(last) - 1 :] == cut["station_code"].to_list()
    assert len(last) < len(header)
