"""Simulated buoys: the last two months by the hour, tide and waves, blooms in the bays, failed probes as 99999."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import periods
from ingest.simulate.long_tables import (
    clock,
    grid,
    instants,
    noise,
    number_text,
    season,
)
from ingest.simulate.published import MOMENT, feed, repeated, undated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
DAYS = 60
BUOYS = (("杭州湾模拟浮标", "330400", 14.0, 360), ("象山港模拟浮标", "330200", 24.0, 190),
         ("舟山渔场模拟浮标", "330900", 29.0, 160), ("台州湾模拟浮标", "331000", 27.0, 200),
         ("乐清湾模拟浮标", "330300", 26.0, 230), ("南麂列岛模拟浮标", "330300", 31.0, 170))  # fmt: skip
TIDE_HOURS = 12.42
FAILED = "99999"
FAILED_PERCENT = 1
DIGITS = {"water_temperature_degc": 2, "salinity_psu": 2, "ph": 2, "dissolved_oxygen_mg_l": 2, "turbidity_ntu": 1,
          "chlorophyll_a_ug_l": 2, "wave_height_m": 2, "tide_level_cm": 0}  # fmt: skip


def simulate(world: World) -> Iterator[Feed]:
    """A document a day; the first record stands twice, one has no readable time."""
    table = _readings(world).rename({"start": "label_local"})
    columns = ["station_code", "buoy_name", "region_code", "label_local", *CARD.items, "agency_flag"]
    for day, rows in periods(table.select(columns), "%Y%m%d"):
        yield feed(
            CARD,
            f"sim_sea_buoy_{day}.json",
            rows,
            as_json("data.list", as_text=True),
            label=("time", MOMENT),
            faults=[repeated(), undated("0000-00-00 00:00:00")],
        )


def _readings(world: World) -> pl.DataFrame:
    kept = BUOYS[: world.some(len(BUOYS))]
    places = pl.DataFrame(
        [(f"ZJF{n + 1:03}", name, region) for n, (name, region, _, _) in enumerate(kept)],
        schema=["station_code", "buoy_name", "region_code"],
        orient="row",
    )
    salty, range_cm = (np.array([[buoy[place] for buoy in kept]], dtype=np.float64) for place in (2, 3))
    times = instants(world.last_days(DAYS), range(24))
    hours = np.arange(len(times))[:, None]
    tide = np.cos(2 * np.pi * hours / TIDE_HOURS) * (1 + 0.3 * np.cos(2 * np.pi * hours / (14.77 * 24)))

    def unit(name: str, memory: float) -> np.ndarray:
        return noise(world.rng(f"sea_buoy.{name}"), times, len(kept), memory, 0.5)

    temperature = 19.5 + 7.5 * season(times, 225) + 0.3 * clock(times, 15) + 0.5 * unit("temperature", 60)
    found = {
        "water_temperature_degc": temperature,
        "salinity_psu": np.clip(salty + 0.6 * tide + 0.6 * unit("salinity", 40), 2, 36),
        "ph": 8.08 + 0.02 * clock(times, 15) + 0.03 * unit("ph", 40),
        "dissolved_oxygen_mg_l": 12.4 - 0.22 * temperature + 0.2 * clock(times, 15) + 0.25 * unit("oxygen", 30),
        "turbidity_ntu": 30 * np.exp(0.4 * np.abs(tide) + 0.4 * unit("turbidity", 12) - 0.05 * salty),
        "chlorophyll_a_ug_l": 2.2 * np.exp(0.5 * unit("bloom", 96)),
        "wave_height_m": 0.7 * np.exp(0.5 * unit("waves", 24)),
        "tide_level_cm": range_cm * tide + 5 * unit("surge", 24),
    }
    rows = grid(times, places)
    failed = world.rng("sea_buoy.failed").integers(0, 100, (rows.height, len(DIGITS))) < FAILED_PERCENT
    cells = pl.DataFrame({item: number_text(found[item], after) for item, after in DIGITS.items()})
    cells = cells.with_columns(
        pl.when(pl.Series(failed[:, n])).then(pl.lit(FAILED)).otherwise(pl.col(item)).alias(item)
        for n, item in enumerate(DIGITS)
    )
    quality = pl.select(pl.when(pl.Series(failed.any(axis=1))).then(pl.lit("9")).otherwise(pl.lit("1"))).to_series()
    return rows.hstack(cells).with_columns(agency_flag=quality)
