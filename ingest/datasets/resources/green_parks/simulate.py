"""Green low-carbon industrial parks, published evenly through the period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from ingest.card import card_beside
from ingest.simulate.enterprises import enterprises, spread
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import as_workbook, feed

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__green_parks")
    firms = spread(world, enterprises(world, world.some(38), ("工业园区",)), date(2023, 6, 1))
    rows = firms.with_columns(
        award_level=pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("国家级")).otherwise(pl.lit("省级")),
        area_km2=pl.Series(rng.uniform(2, 60, firms.height).round(2)),
        renewable_pct=pl.Series(rng.uniform(5, 45, firms.height).round(1)),
        reused_water_pct=pl.Series(rng.uniform(10, 60, firms.height).round(1)),
    )
    yield feed(
        CARD,
        "sim_green_parks.xlsx",
        rows,
        as_workbook("名单", "绿色低碳工业园区名单"),
        label=("公布日期", "%Y-%m-%d"),
        repeated=1,
        undated=1,
    )
