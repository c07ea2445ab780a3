"""Simulated bloom watch: five lakes, daily from April to October, blooms in late summer, clouds over them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.long_tables import grid, instants, long_truth, noise, number_text, season, under_source_names
from ingest.simulate.writing import csv_bytes

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
CARRIED = ["lake_name", "region_code", "lake_area_km2", "agency_flag"]


def simulate(world: World) -> Iterator[Feed]:
    """A file a month of the season; its first line stands twice."""
    card = card_beside(__file__)
    days = [day for day in world.days.to_list() if day.month in MONTHS] or world.last_days(31)
    table = _readings(world, days)
    for part in table.with_columns(month=pl.col("start").dt.strftime("%Y%m")).partition_by(
        "month", maintain_order=True
    ):
        lines = part.select(
            pl.col("station_code").alias("湖库编码"),
            pl.col("lake_name").alias("湖库名称"),
            pl.col("region_code").alias("行政区划代码"),
            pl.col("lake_area_km2").alias("水面面积(km²)"),
            pl.col("start").dt.strftime("%Y-%m-%d").alias("日期"),
            **under_source_names(card, part),
            云量标识=pl.col("agency_flag"),
        )
        known = part.with_columns(bloom_area_km2=pl.col("bloom_area_km2").replace({"云": None}))
        yield Feed(
            f"sim_algae_bloom_{part['month'][0]}.csv",
            csv_bytes(pl.concat([lines, lines[:1]])),
            long_truth(card, known, CARRIED),
            {},
            {"duplicate_identical": len(card.items)},
        )


def _readings(world: World, days: list[date]) -> pl.DataFrame:
    kept = LAKES[: world.some(len(LAKES))]
    places = pl.DataFrame(
        [(f"HK{n + 1:04}", name, region, f"{area:.1f}") for n, (name, region, area, _) in enumerate(kept)],
        schema=["station_code", "lake_name", "region_code", "lake_area_km2"],
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
