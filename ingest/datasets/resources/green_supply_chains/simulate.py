"""Green supply-chain enterprises, published evenly through the period."""

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
    rng = world.rng("resources__green_supply_chains")
    firms = ledgers.awarded(world, 60)
    rows = firms.with_columns(
        suppliers=pl.Series(rng.integers(20, 600, firms.height)),
        green_suppliers_pct=pl.Series(rng.uniform(10, 80, firms.height).round(1)),
    )
    yield feed(
        CARD,
        "sim_green_supply_chains.csv",
        by_card(CARD, rows),
        as_csv(),
        label=("公布日期", "%Y-%m-%d"),
        faults=[repeated(), undated()],
    )
