"""Simulated bloom watch: five lakes, daily from April to October, blooms in late summer, clouds over them."""

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
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
# Lake, city, area, chlorophyll of a usual summer day (µg/L)
LAKES = (
    ("太湖浙江水域模拟", "330500", 300.0, 22.0),
    ("千岛湖模拟", "330100", 573.0, 6.0),
    ("四明湖模拟", "330200", 20.0, 18.0),
    ("汤浦水库模拟", "330600", 14.0, 7.0),
    ("珊溪水库模拟", "330300", 35.0, 8.0),
)
MONTHS = range(4, 11)
CLOUDY = 0.45
BLOOM_ABOVE_UG_L = 20
PLACE = ["station_code", "lake_name", "region_code", "lake_area_km2"]


def simulate(world: World) -> Iterator[Feed]:
    """A file a month of the season; its first line stands twice."""
    days = [day for day in world.days.to_list() if day.month in MONTHS] or world.last_days(31)
    columns = [*PLACE, "label_local", *CARD.items, "agency_flag"]
    table = _readings(world, days).rename({"start": "label_local"}).select(columns)
    for month, rows in periods(table, "%Y%m"):
        name = f"sim_algae_bloom_{month}.csv"
        yield feed(CARD, name, rows, as_csv(), label=("日期", "%Y-%m-%d"), faults=[repeated()])


def _readings(world: World, days: list[date]) -> pl.DataFrame:
    kept = LAKES[: world.some(len(LAKES))]
    places = pl.DataFrame(
        [(f"HK{n + 1:04}", name, region, f"{area:.1f}") for n, (name, region, area, _) in enumerate(kept)],
        schema=PLACE,
        orient="row",
    )
    times = instants(days)
    usual, area = (np.array([[lake[place] for lake in kept]]) for place in (3, 2))
    chlorophyll = usual * np.exp(0.7 * season(times, 225) - 0.3 + 0.5 * noise(world.rng("bloom"), times, len(kept), 8))
    density = 4.5e5 * chlorophyll * np.exp(0.3 * noise(world.rng("bloom.density"), times, len(kept), 3))
    bloom = area * np.clip((chlorophyll - BLOOM_ABOVE_UG_L) / 150, 0, 0.6)
    rows = grid(times, places)
    cloudy = pl.Series(world.rng("bloom.clouds").random(rows.height) < CLOUDY)
    return rows.with_columns(
        chlorophyll_a_ug_l=number_text(chlorophyll, 1),
        algae_density_cells_l=number_text(density, 0),
        bloom_area_km2=pl.when(cloudy).then(pl.lit("云")).otherwise(number_text(bloom, 2)),
        agency_flag=pl.when(cloudy).then(pl.lit("云")).otherwise(pl.lit("晴")),
    )
