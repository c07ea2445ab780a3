"""Simulated answers of Open-Meteo: a document a month, all cities, the last five days not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from ingest.card import card_beside
from ingest.datasets.weather.open_meteo_hourly.parse import UNITS
from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import cities, periods
from ingest.simulate.long_tables import grid, instants, long_truth, number_text
from ingest.simulate.weather_hourly import DIGITS, hourly
from ingest.simulate.writing import json_bytes

DAYS = 60
NOT_YET_DAYS = 5
UTC_OFFSET_S = 28800


def simulate(world: World) -> Iterator[Feed]:
    """Values of the hour before the label; those of the last days are null, as in the archive."""
    card = card_beside(__file__)
    days = world.last_days(DAYS)
    fields = hourly(world, days)
    kept = cities(world)
    places = pl.DataFrame({"station_code": [f"{round(c.sites[0][1], 3)},{round(c.sites[0][0], 3)}" for c in kept]})
    times = instants(days, range(24))
    table = grid(times, places).with_columns(
        **{item: number_text(fields[item][:, : len(kept)], after) for item, after in DIGITS.items()}
    )
    is_known = pl.col("start").dt.date() <= days[-1 - NOT_YET_DAYS]
    table = table.with_columns(pl.when(is_known).then(pl.col(item)).alias(item) for item in DIGITS)
    utc = table.with_columns(pl.col("start").dt.offset_by(f"-{UTC_OFFSET_S}s"))
    for month, part in periods(table, "%Y%m", by="start"):
        document = [_place(card.items, one) for one in part.partition_by("station_code", maintain_order=True)]
        mine = utc.filter(table["start"].dt.strftime("%Y%m") == month)
        truth = long_truth(card, mine).filter(pl.col("value").is_not_null())
        yield Feed(f"sim_open_meteo_{month}.json", json_bytes(document if len(document) > 1 else document[0]), truth)


def _place(items: dict[str, str], one: pl.DataFrame) -> dict[str, Any]:
    latitude, longitude = (float(part) for part in one["station_code"][0].split(","))
    label = one.select(pl.col("start").dt.offset_by("1h")).to_series()
    arrays = {source: one[code].cast(pl.Float64).to_list() for code, source in items.items()}
    return {
        "latitude": latitude,
        "longitude": longitude,
        "generationtime_ms": 1.5,
        "utc_offset_seconds": UTC_OFFSET_S,
        "timezone": "Asia/Shanghai",
        "timezone_abbreviation": "GMT+8",
        "elevation": 20.0,
        "hourly_units": {"time": "iso8601", **UNITS},
        "hourly": {"time": label.dt.strftime("%Y-%m-%dT%H:%M").to_list(), **arrays},
    }
