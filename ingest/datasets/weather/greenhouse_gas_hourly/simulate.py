"""Simulated greenhouse-gas stations: cycles on rising backgrounds, plumes, calibration every 12 days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import periods
from ingest.simulate.long_tables import clock, grid, instants, noise, number_text, season, years_since
from ingest.simulate.published import instant
from ingest.simulate.writing import csv_bytes

DAYS = 180
# Code, county or city, intake height, how much of the city it sees: a background station, a city, a coast, a forest.
STATIONS = (
    ("XLA", "330100", 120, 0.15),
    ("XHZ", "330100", 60, 1.0),
    ("XZS", "330900", 50, 0.3),
    ("XLS", "331100", 40, 0.2),
)
CALIBRATION_HOURS, MAINTENANCE_PERCENT = 12 * 24, 1
# Gas: background at the start of 2024, growth a year, seasonal half-range, peak day, urban enhancement, decimals
GASES = {"co2": (424.0, 2.6, 6.5, 100, 22.0, 2), "ch4": (1985.0, 11.0, 22.0, 330, 95.0, 1)}
MISSING = "-999.99"
COMMENTS = "# 温室气体站小时均值 hourly means; scale CO2 WMO X2019, CH4 X2004A\n# time_start: UTC+8\n"


def simulate(world: World) -> Iterator[Feed]:
    """A file a month, both gases; the first line stands twice, one names a gas nobody knows."""
    table = _readings(world)
    for month, part in periods(table, "%Y%m", by="start"):
        lines = part.select(
            site="station_code",
            region="region_code",
            parameter="item",
            time_start=pl.col("start").dt.strftime("%Y-%m-%d %H:%M:%S"),
            mole_fraction=pl.col("value").fill_null(MISSING),
            std_dev="deviation",
            n=pl.col("n_samples"),
            intake_height_m="intake_height_m",
            flag="agency_flag",
        )
        first = lines[:1]
        foreign = first.with_columns(pl.lit("sf6").alias("parameter"))
        codes = {source: code for code, source in card_beside(__file__).items.items()}
        truth = part.select(
            "station_code",
            "region_code",
            pl.col("item").replace(codes),
            "value",
            "deviation",
            "n_samples",
            "intake_height_m",
            "agency_flag",
            interval_start_at=instant(pl.col("start")),
        )
        yield Feed(
            f"sim_greenhouse_gas_{month}.csv",
            COMMENTS.encode() + csv_bytes(pl.concat([lines, first, foreign])),
            truth,
            {"unknown_item": 1},
            {"duplicate_identical": 1},
        )


def _readings(world: World) -> pl.DataFrame:
    kept = STATIONS[: world.some(len(STATIONS))]
    places = pl.DataFrame(
        [(code, region, str(height)) for code, region, height, _ in kept],
        schema=["station_code", "region_code", "intake_height_m"],
        orient="row",
    )
    urban = np.array([[station[3] for station in kept]])
    times = instants(world.last_days(DAYS), range(24))
    rng = world.rng("greenhouse_gas.marks")
    shape = (len(times), len(kept))
    calibrating = np.broadcast_to((np.arange(len(times)) % CALIBRATION_HOURS == 0)[:, None], shape)
    serviced = rng.integers(0, 100, shape) < MAINTENANCE_PERCENT
    plume = np.maximum(
        0, noise(world.rng("greenhouse_gas.plume"), times, len(kept), 10) + 0.4
    )  # one air for both gases
    parts = []
    for gas, (base, growth, amplitude, peak, enhancement, after) in GASES.items():
        background = base + growth * years_since(times, world.days[0].replace(year=2024, month=1, day=1))
        background = background + amplitude * season(times, peak)
        night = 0.35 * (1 + clock(times, 5))
        local = urban * enhancement * (0.5 * plume + night)
        value = (
            background + local + 0.002 * enhancement * noise(world.rng(f"greenhouse_gas.{gas}"), times, len(kept), 3)
        )
        mark = np.where(local > 0.5 * enhancement, "P", np.where(local < 0.1 * enhancement, "B", "V"))
        mark = np.where(calibrating, "C", np.where(serviced, "M", mark))
        blank = np.isin(mark, ["C", "M"])
        rows = grid(times, places).with_columns(
            item=pl.lit(gas),
            value=number_text(np.where(blank, np.nan, value), after),
            deviation=number_text(np.where(blank, np.nan, 0.02 * enhancement * (0.3 + plume)), after),
            n_samples=number_text(np.where(blank, 0.0, 720.0), 0),
            agency_flag=pl.Series(mark.reshape(-1)),
        )
        parts.append(rows)
    return pl.concat(parts)
