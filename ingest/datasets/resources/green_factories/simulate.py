"""Green low-carbon factories, published evenly through the period."""

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
    rng = world.rng("resources__green_factories")
    firms = spread(world, enterprises(world, world.some(420)), date(2023, 6, 1))
    rows = firms.with_columns(
        award_level=pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("国家级")).otherwise(pl.lit("省级")),
        energy_tce=pl.Series(rng.lognormal(8, 1, firms.height).round(1)),
        energy_saving_pct=pl.Series(rng.uniform(1, 12, firms.height).round(2)),
    )
    yield feed(CARD, "sim_green_factories.csv", rows, as_csv(), label=("公布日期", "%Y-%m-%d"), repeated=1, undated=1)
