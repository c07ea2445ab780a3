"""Pilot firms, recognised in order through the period."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    firms = ledgers.spread(world, ledgers.enterprises(world, world.some(30)), world.first)
    rows = firms.with_columns(
        batch_no=1 + pl.int_range(pl.len()) // 15,
        standard=pl.lit("DB33/T 2514-2022"),
        score=pl.Series(world.rng("resources__carbon_standard_pilots").integers(70, 98, firms.height)),
    )
    yield feed(
        CARD,
        "sim_carbon_standard_pilots.csv",
        by_card(CARD, rows),
        as_csv(),
        label=("认定日期", "%Y-%m-%d"),
        faults=[repeated(), undated()],
    )
