"""Green supply-chain enterprises, published evenly through the period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from ingest.card import card_beside
from ingest.simulate.enterprises import enterprises, spread
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import as_csv, feed

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__green_supply_chains")
    firms = spread(world, enterprises(world, world.some(60)), date(2023, 6, 1))
    rows = firms.with_columns(
        award_level=pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("国家级")).otherwise(pl.lit("省级")),
        suppliers=pl.Series(rng.integers(20, 600, firms.height)),
        green_suppliers_pct=pl.Series(rng.uniform(10, 80, firms.height).round(1)),
    )
    yield feed(
        CARD, "sim_green_supply_chains.csv", rows, as_csv(), label=("公布日期", "%Y-%m-%d"), repeated=1, undated=1
    )
