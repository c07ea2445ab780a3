"""Simulated bathing places: weekly from May to October, a river place in every city and beaches on the coast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.long_tables import grid, instants, long_truth, noise, number_text, season, under_source_names
from ingest.simulate.water import LOADS
from ingest.simulate.writing import csv_bytes

COASTAL = ("330200", "330300", "330400", "330900", "331000")
MONTHS = range(5, 11)
MONDAY = 0
# Coliforms or enterococci per litre above which a place is fairly suitable, and unsuitable
RIVER_BOUNDS, BEACH_BOUNDS = (2000, 10000), (400, 1000)
LOST = "缺测"
CARRIED = ["place_name", "region_code", "place_type"]


def simulate(world: World) -> Iterator[Feed]:
    """A file a month of the season, in GB 18030; its first line stands twice."""
    card = card_beside(__file__)
    days = [day for day in world.days.to_list() if day.month in MONTHS and day.weekday() == MONDAY]
    table = _readings(world, days or world.last_days(1))
    for part in table.with_columns(month=pl.col("start").dt.strftime("%Y%m")).partition_by(
        "month", maintain_order=True
    ):
        lines = part.select(
            pl.col("station_code").alias("点位编码"),
            pl.col("place_name").alias("点位名称"),
            pl.col("region_code").alias("行政区划代码"),
            pl.col("place_type").alias("类型"),
            pl.col("start").dt.strftime("%Y-%m-%d").alias("采样日期"),
            **under_source_names(card, part),
        )
        told = long_truth(card, part, CARRIED).filter(pl.col("value").is_not_null())
        yield Feed(
            f"sim_bathing_water_{part['month'][0]}.csv",
            csv_bytes(pl.concat([lines, lines[:1]]), encoding="gb18030", line_end="\r\n"),
            told.with_columns(value=pl.when(pl.col("value") != LOST).then("value")),
            {},
            {"duplicate_identical": sum(part[item][0] is not None for item in card.items)},
        )


def _readings(world: World, days: list[date]) -> pl.DataFrame:
    rows = [(f"QS{c.adcode}01", f"{c.name}模拟亲水点", c.adcode, "内河", LOADS[c.adcode]) for c in world.cities]
    rows += [
        (f"QS{c.adcode}02", f"{c.name}模拟海滨浴场", c.adcode, "海水浴场", LOADS[c.adcode])
        for c in world.cities
        if c.adcode in COASTAL
    ]
    names = ["station_code", "place_name", "region_code", "place_type", "load"]
    places = pl.DataFrame(rows, schema=names, orient="row")
    times = instants(days)
    is_beach = (places["place_type"] == "海水浴场").to_numpy()[None, :]
    load = places["load"].to_numpy()[None, :]

    def unit(name: str) -> np.ndarray:
        return noise(world.rng(f"bathing.{name}"), times, places.height, 2)

    count = np.where(is_beach, 150, 900) * load * np.exp(0.9 * unit("bacteria"))
    low, high = (np.where(is_beach, beach, river) for beach, river in zip(BEACH_BOUNDS, RIVER_BOUNDS, strict=True))
    nothing = np.full_like(count, np.nan)
    lost = pl.Series(world.rng("bathing.lost").random(count.size) < 0.01)
    return grid(times, places).with_columns(
        fecal_coliform_count_l=number_text(np.where(is_beach, nothing, count), 0),
        enterococci_count_l=number_text(np.where(is_beach, count, nothing), 0),
        transparency_cm=pl.when(lost).then(pl.lit(LOST)).otherwise(number_text(70 * np.exp(0.3 * unit("clear")), 0)),
        water_temperature_degc=number_text(24 + 5 * season(times, 215) + 0.8 * unit("temperature"), 1),
        bathing_rating_published=number_text(1.0 + (count > low) + (count > high), 0),
    )
