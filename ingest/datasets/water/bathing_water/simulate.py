"""Simulated bathing places: weekly from May to October, a river place in every city and beaches on the coast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import periods
from ingest.simulate.long_tables import grid, instants, noise, number_text, season
from ingest.simulate.published import feed, repeated
from ingest.simulate.water import LOADS
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
COASTAL = ("330200", "330300", "330400", "330900", "331000")
MONTHS = range(5, 11)
MONDAY = 0
# Coliforms or enterococci per litre above which a place is fairly suitable, and unsuitable
RIVER_BOUNDS, BEACH_BOUNDS = (2000, 10000), (400, 1000)
LOST = "缺测"
PLACE = ["station_code", "place_name", "region_code", "place_type"]


def simulate(world: World) -> Iterator[Feed]:
    """A file a month of the season, in GB 18030; its first line stands twice."""
    days = [day for day in world.days.to_list() if day.month in MONTHS and day.weekday() == MONDAY]
    table = _readings(world, days or world.last_days(1)).rename({"start": "label_local"})
    for month, rows in periods(table.select(*PLACE, "label_local", *CARD.items), "%Y%m"):
        yield feed(
            CARD,
            f"sim_bathing_water_{month}.csv",
            rows,
            as_csv("gb18030", "\r\n"),
            label=("采样日期", "%Y-%m-%d"),
            blanks_are_rows=False,
            faults=[repeated()],
        )


def _readings(world: World, days: list[date]) -> pl.DataFrame:
    rows = [(f"QS{c.adcode}01", f"{c.name}模拟亲水点", c.adcode, "内河", LOADS[c.adcode]) for c in world.cities]
    rows += [
        (f"QS{c.adcode}02", f"{c.name}模拟海滨浴场", c.adcode, "海水浴场", LOADS[c.adcode])
        for c in world.cities
        if c.adcode in COASTAL
    ]
    places = pl.DataFrame(rows, schema=[*PLACE, "load"], orient="row")
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
