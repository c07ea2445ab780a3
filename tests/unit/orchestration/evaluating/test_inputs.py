"""What is evaluated: whole months only, one way of measuring, and a hash that moves with everything that decides it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from catalog.lake import Lake
from orchestration.evaluating import inputs
from orchestration.evaluating.code import ROOT, modules_behind
from orchestration.evaluating.inputs import Task, lay_out

SECTION = "浙江省|浙闽片河流|甲"


@pytest.fixture
def scratch(lake: Lake) -> Path:
    """Two cities with two days each in a complete and an incomplete month, one section measured in two ways."""
    lake.work.mkdir(parents=True)
    path = lake.work / "scratch.duckdb"
    weather = ", ".join(f"NULL::DOUBLE AS {name}" for name in inputs.WEATHER)
    with duckdb.connect(str(path)) as db:
        db.execute("CREATE SCHEMA core; CREATE SCHEMA topics")
        db.execute(
            "CREATE TABLE core.months AS FROM (VALUES ('air', DATE '2026-01-31'), ('air', DATE '2026-02-27'), "
            "('water', DATE '2026-01-31')) AS v (theme, last_date)"
        )
        db.execute(
            f"CREATE TABLE topics.effort_air_day AS SELECT *, {weather} FROM (VALUES "
            "('air/330100/no2', 'no2', DATE '2024-10-31', 40.0), ('air/330100/no2', 'no2', DATE '2025-01-01', 41.0), "
            "('air/330100/no2', 'no2', DATE '2026-01-31', 42.0), ('air/330100/no2', 'no2', DATE '2026-02-01', 43.0), "
            "('air/330200/no2', 'no2', DATE '2026-01-31', 30.0)) AS v (series_key, item, local_date, value)"
        )
        db.execute(
            "CREATE TABLE topics.effort_water_flow AS FROM (VALUES "
            f"('{SECTION}', DATE '2025-12-01', 9.5), ('{SECTION}', DATE '2026-01-05', 11.0)) "
            "AS v (station_code, local_date, flow_m3_s)"
        )
        db.execute(
            "CREATE TABLE topics.effort_water_sample AS FROM (VALUES "
            f"('water/{SECTION}/tp', '{SECTION}', 'laboratory', '2025-12', DATE '2025-12-01', 0.08, 0.08), "
            f"('water/{SECTION}/tp', '{SECTION}', 'laboratory', '2026-01', DATE '2026-01-05', NULL, 0.02), "
            f"('water/{SECTION}/tp', '{SECTION}', 'station', '2026-01', DATE '2026-01-05', 0.05, 0.05)) "
            "AS v (series_key, station_code, measured_by, month, local_date, low_mg_l, high_mg_l)"
        )
    return path


def task(tasks: list[Task], key: str) -> Task:
    return next(each for each in tasks if each.series_key == key)


def rows(found: Task) -> list[tuple[object, ...]]:
    return duckdb.sql(f"SELECT * EXCLUDE ({', '.join(inputs.WEATHER)}) FROM '{found.path}'").fetchall()


def test_a_series_ends_with_the_last_month_that_is_complete(lake: Lake, scratch: Path) -> None:
    tasks = lay_out(lake, scratch)
    found = task(tasks, "air/330100/no2")
    assert (found.year, found.until) == (2026, date(2026, 1, 31))
    # and starts where the edition says: a day of October 2024 is before it
    assert rows(found) == [(date(2025, 1, 1), 41.0), (date(2026, 1, 31), 42.0)]
    assert {each.series_key for each in tasks if each.edition.theme == "air"} == {"air/330100/no2", "air/330200/no2"}


def test_a_section_is_judged_by_one_way_of_measuring(lake: Lake, scratch: Path) -> None:
    found = task(lay_out(lake, scratch), f"water/{SECTION}/tp")
    assert duckdb.sql(f"FROM '{found.path}'").fetchall() == [
        (date(2025, 12, 1), 9.5, 0.08, 0.08, "laboratory"),
        (date(2026, 1, 5), 11.0, None, 0.02, "laboratory"),
    ]


def test_the_hash_moves_with_the_values_of_complete_months_only(lake: Lake, scratch: Path) -> None:
    before = {each.series_key: each.series_hash for each in lay_out(lake, scratch)}
    with duckdb.connect(str(scratch)) as db:
        db.execute("UPDATE topics.effort_air_day SET value = 99 WHERE local_date = DATE '2026-02-01'")
    assert {each.series_key: each.series_hash for each in lay_out(lake, scratch)} == before
    with duckdb.connect(str(scratch)) as db:
        db.execute("UPDATE topics.effort_air_day SET value = 42.5 WHERE value = 42")
    after = {each.series_key: each.series_hash for each in lay_out(lake, scratch)}
    assert {key for key in after if after[key] != before[key]} == {"air/330100/no2"}


def test_nothing_is_evaluated_before_a_month_is_complete(lake: Lake, scratch: Path) -> None:
    with duckdb.connect(str(scratch)) as db:
        db.execute("DELETE FROM core.months WHERE last_date = DATE '2026-01-31'")
    assert lay_out(lake, scratch) == []


def test_the_modules_behind_are_those_that_are_imported() -> None:
    entry = Path(inputs.__file__).parent / "one.py"
    script = (
        "import sys, orchestration.evaluating.one\n"
        "ours = ('evaluation.', 'orchestration.evaluating')\n"
        "print(*(module.__file__ for name, module in sys.modules.items() if name.startswith(ours)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    imported = {Path(name) for name in done.stdout.split() if not name.endswith("__init__.py")}
    assert {path for path in modules_behind(entry) if path.name != "__init__.py"} == imported
