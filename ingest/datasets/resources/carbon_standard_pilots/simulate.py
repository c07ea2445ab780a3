"""Pilot firms, recognised in order through the period."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.enterprises import enterprises, spread
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import as_csv, feed

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    firms = spread(world, enterprises(world, world.some(30)), world.first)
    rows = firms.with_columns(
        batch_no=1 + pl.int_range(pl.len()) // 15,
        standard=pl.lit("DB33/T 2514-2022"),
        score=pl.Series(world.rng("resources__carbon_standard_pilots").integers(70, 98, firms.height)),
    )
    yield feed(
        CARD, "sim_carbon_standard_pilots.csv", rows, as_csv(), label=("认定日期", "%Y-%m-%d"), undated=1, repeated=1
    )
