"""Hourly noise: zone and hour of day, weekday traffic, rain and wind that make an hour invalid, all in decibels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.datasets.ecology.noise_point_register.simulate import points
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, broken, feed, repeated, undated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
DAYS = 20
# Typical Leq by day and by night: a little below the limits of GB 3096 but for roads at night, as in most cities.
LEVELS = {"1": (51.5, 42.5), "2": (54.5, 46.0), "3": (57.5, 50.0), "4a": (66.5, 57.0)}


def simulate(world: World) -> Iterator[Feed]:
    """A file a city with the last twenty days."""
    rng = world.rng(CARD.id)
    days = world.last_days(DAYS)
    table = points(world)
    for code in ledgers.city_codes(world):
        places = table.filter(pl.col("region_code") == code)
        name = f"sim_noise_zone_hourly_{code}_{days[-1]:%Y%m%d}.json"
        rows = _hours(places, days[0], len(days), rng)
        faults = [repeated(last=2), broken("bad_station_code", "station_code", "NZ33"), undated("24:00")]
        yield feed(CARD, name, rows, as_json("data.list"), label=("time", MOMENT), faults=faults)


def _hours(places: pl.DataFrame, first: date, days: int, rng: np.random.Generator) -> pl.DataFrame:
    hours = np.arange(24 * days)
    start = np.datetime64(first, "us") + hours * np.timedelta64(1, "h")
    clock = hours % 24
    night = (clock < 6) | (clock >= 22)
    weekend = np.isin((start.astype("datetime64[D]").astype(int) + 3) % 7, (5, 6))
    rain, wind = rng.random(hours.size) < 0.06, rng.random(hours.size) < 0.02
    frames = []
    for row in places.iter_rows(named=True):
        by_day, by_night = LEVELS[row["zone_class"]]
        rush = 1.2 * np.exp(-(((clock - 8) / 2.0) ** 2)) + 1.0 * np.exp(-(((clock - 18) / 2.5) ** 2))
        deep = 2.5 * np.exp(-(((clock - 3) / 2.0) ** 2))
        leq = np.where(night, by_night - deep, by_day + rush - 1.0 * weekend) + rng.normal(0, 1.6, hours.size)
        leq = leq + np.where(rain, 5.0, 0.0) + np.where(wind, 4.0, 0.0)
        spread = rng.gamma(6.0, 0.4, (3, hours.size))
        fault = rng.random(hours.size) < 0.004
        empty = np.where(fault, np.nan, 0.0)
        flag = np.select([fault, rain, wind], ["D", "R", "W"], "N")
        frame = pl.DataFrame(
            {
                "station_code": row["station_code"],
                "region_code": row["region_code"],
                "label_local": start + np.timedelta64(1, "h"),
                "flag": flag.astype(object).tolist(),
                "leq_dba": ledgers.fixed(leq + empty, 1),
                "l10_dba": ledgers.fixed(leq + 0.9 * spread[0] + empty, 1),
                "l50_dba": ledgers.fixed(leq - 0.7 * spread[1] + empty, 1),
                "l90_dba": ledgers.fixed(leq - 1.2 * spread[1] - spread[2] + empty, 1),
                "lmax_dba": ledgers.fixed(leq + 10 + 3 * spread[2] + empty, 1),
            }
        )
        frames.append(frame.filter(pl.Series(rng.random(hours.size) >= 0.01)))  # hours of calibration are not sent
    return pl.concat(frames)
