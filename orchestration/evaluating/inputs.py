"""One series at a time out of the scratch database, with the hash of everything its result depends on.

The score of a year is computed from what was measured until that year's end, or until the last month that is complete
in its theme: neither a day that arrives nor the next year moves it. Does not belong here: evaluating (``one``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from catalog.lake import Lake, atomic_path
from orchestration.evaluating.code import code_hash
from orchestration.evaluating.editions import Edition, Item, editions

WEATHER = (
    "temperature_mean_degc",
    "humidity_mean_pct",
    "wind_speed_mean_m_s",
    "wind_direction_max_deg",
    "sunshine_h",
    "precipitation_mm",
    "pressure_mean_hpa",
)
_AIR = f"""
    SELECT local_date, value::DOUBLE AS value, {", ".join(f"{name}::DOUBLE AS {name}" for name in WEATHER)}
    FROM topics.effort_air_day WHERE series_key = $key AND local_date BETWEEN $first AND $last ORDER BY local_date
"""
# a section's flows, each with the result of the day if there was one
_WATER = """
    SELECT flows.local_date, flows.flow_m3_s::DOUBLE AS flow_m3_s, samples.low_mg_l::DOUBLE AS low_mg_l,
           samples.high_mg_l::DOUBLE AS high_mg_l, samples.measured_by
    FROM topics.effort_water_flow AS flows
    LEFT JOIN topics.effort_water_sample AS samples
        ON samples.station_code = flows.station_code AND samples.local_date = flows.local_date
        AND samples.series_key = $key AND samples.measured_by = (
            -- one way of measuring throughout, the one of most months: a change of method would look like effort
            SELECT measured_by FROM topics.effort_water_sample
            WHERE series_key = $key AND local_date BETWEEN $first AND $last
            GROUP BY measured_by ORDER BY count(DISTINCT month) DESC, measured_by LIMIT 1
        )
    WHERE flows.station_code = split_part($key, '/', 2) AND flows.local_date BETWEEN $first AND $last
    ORDER BY flows.local_date
"""
_KEYS = {
    "air": "SELECT DISTINCT series_key FROM topics.effort_air_day WHERE item = $item ORDER BY 1",
    "water": "SELECT DISTINCT 'water/' || station_code || '/' || $item FROM topics.effort_water_flow ORDER BY 1",
}
_ROWS = {"air": _AIR, "water": _WATER}


@dataclass(frozen=True)
class Task:
    """One series of one edition and year: where its rows lie, and the hash its result is kept under.

    ``until``: the last day that counts, the end of a month.
    """

    edition: Edition
    item: Item
    series_key: str
    year: int
    until: date
    series_hash: str
    path: Path


def lay_out(lake: Lake, scratch: Path) -> list[Task]:
    """Write the rows of every series beside the results; returns what there is to evaluate, in a fixed order."""
    code = code_hash()
    tasks: list[Task] = []
    with duckdb.connect(str(scratch), read_only=True) as db:
        for edition in editions():
            last = _last_complete_day(db, edition.theme)
            if last is None:
                continue
            for year in edition.years(last):
                tasks += _tasks(lake, db, edition, min(last, date(year, 12, 31)), code)
    return tasks


def _last_complete_day(db: duckdb.DuckDBPyConnection, theme: str) -> date | None:
    """The end of the newest month that is there to its last day."""
    query = "SELECT max(last_date) FROM core.months WHERE theme = ? AND last_date = last_day(last_date)"
    row = db.execute(query, [theme]).fetchone()
    return row[0] if row else None


def _tasks(lake: Lake, db: duckdb.DuckDBPyConnection, edition: Edition, until: date, code: str) -> Iterator[Task]:
    for item in edition.items:
        asked = {"first": edition.fit_from, "last": until}
        for (key,) in db.execute(_KEYS[edition.theme], {"item": item.item}).fetchall():
            rows = db.execute(_ROWS[edition.theme], asked | {"key": key}).pl()
            facts = {**edition.facts(), "items": asdict(item), "key": key, "until": until, "code": code}
            digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
            # text, not a binary form: equal numbers must hash equal whatever library wrote them
            digest.update(rows.write_csv().encode())
            series_hash = digest.hexdigest()
            yield Task(edition, item, key, until.year, until, series_hash, _written(lake, series_hash, rows))


def _written(lake: Lake, series_hash: str, rows: pl.DataFrame) -> Path:
    path = lake.work / "evaluation" / "inputs" / f"{series_hash}.parquet"
    if not path.exists():
        with atomic_path(path) as temporary:
            rows.write_parquet(temporary)
    return path
