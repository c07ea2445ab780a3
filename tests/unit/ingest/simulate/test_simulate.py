"""A run of the simulator: same arguments, same bytes; wrong arguments, a clear word."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.simulate import simulate


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_same_arguments_give_the_same_bytes_and_leave_nothing_stale(small: Any, tmp_path: Path) -> None:
    simulate(tmp_path, scale=0.1, seed=1, start=date(2026, 7, 31), end=date(2026, 8, 2))
    simulate(tmp_path, scale=0.1, seed=1, start=date(2026, 10, 28), end=date(2026, 10, 31))
    other = hashes(tmp_path)
    simulate(tmp_path, scale=0.1)
    again = hashes(tmp_path)
    assert again == hashes(small.truth.folder)
    assert not [name for name in other if "2026080" in name]
    shared = other.keys() & again.keys() - {"air/sim_station_register.csv"}
    assert not [name for name in shared if other[name] == again[name]]


def test_names_tell_period_and_that_the_data_are_simulated(small: Any) -> None:
    names = [path.relative_to(small.truth.folder).as_posix() for path in small.truth.files]
    assert len(names) == len(set(names)) == 69
    assert [n for n in names if "sites" in n][:3] == [
        "air/sim_cnemc_sites_202608.csv",
        "air/sim_cnemc_sites_202609.csv",
        "air/sim_cnemc_sites_20261001.csv",
    ]
    assert sum("sites_202610" in n for n in names) == 30
    assert [n for n in names if "live" in n] == [f"air/sim_cnemc_live_20261031T{hour:02}.json" for hour in range(24)]
    assert [n for n in names if n.startswith("corrections/")] == ["corrections/sim_cnemc_sites_202609.csv"]
    assert sum(n.startswith("weather/sim_weather_") for n in names) == 11
    assert {Path(n).name[:4] for n in names} == {"sim_"}


def test_truth_counts_every_non_empty_cell(small: Any) -> None:
    values = 0
    for path in small.truth.air:
        if path.suffix == ".json":
            features = json.loads(path.read_text())["features"]
            items = [k for k in features[0]["properties"] if k.startswith(("aqi", "pm", "so2", "no2", "o3", "co"))]
            values += sum(f["properties"][k] != "-;" for f in features for k in items)
        elif "sites" in path.name:
            with path.open(newline="") as handle:
                rows = list(csv.reader(handle))[1:]
            values += sum(cell != "" for row in rows for cell in row[3:])
    summary = json.loads((small.truth.folder / "truth" / "simulation.json").read_text())
    assert values == small.truth.values == summary["values"]
    assert summary["simulated"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": date(2026, 1, 2), "end": date(2026, 1, 1)}, "end 2026-01-01 lies before start 2026-01-02"),
        ({"scale": 0.0}, "scale is 0.0, expected 0 < scale <= 1"),
        ({"scale": 1.5}, "scale is 1.5, expected 0 < scale <= 1"),
        ({"seed": -1}, "seed is -1, expected a whole number from 0"),
    ],
)
def test_misuse_is_refused_in_words_before_anything_is_written(tmp_path: Path, arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


LASTING_HOURS = {"maintenance", "missing_hour", "sentinel", "negative", "spike", "tampered"}
LASTING_DAYS = {"outage", "unit_error", "frozen", "repeated_row", "cut_off_line"}


@pytest.mark.parametrize(
    ("end", "n_csv", "kinds"),
    [
        (date(2026, 3, 1), 0, set()),
        (date(2026, 3, 3), 2, LASTING_HOURS),
        (date(2026, 4, 9), 39, LASTING_HOURS | LASTING_DAYS),
    ],
)
def test_short_periods_work_with_the_defects_that_fit(tmp_path: Path, end: date, n_csv: int, kinds: set[str]) -> None:
    truth = simulate(tmp_path, start=date(2026, 3, 1), end=end, scale=0.1)
    assert sum("sites" in path.name for path in truth.air) == n_csv
    assert sum("live" in path.name for path in truth.air) == 24
    assert truth.correction is None
    with truth.defects.open(newline="", encoding="utf-8") as handle:
        listed = {row["kind"] for row in csv.DictReader(handle)}
    assert {k for k in listed if not k.startswith("weather")} - {"random_missing"} == kinds
