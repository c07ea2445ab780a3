"""Green low-carbon factories, published evenly through the period."""

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
    rng = world.rng("resources__green_factories")
    firms = ledgers.awarded(world, 420)
    rows = firms.with_columns(
        energy_tce=pl.Series(rng.lognormal(8, 1, firms.height).round(1)),
        energy_saving_pct=pl.Series(rng.uniform(1, 12, firms.height).round(2)),
    )
    yield feed(
        CARD,
        "sim_green_factories.csv",
        by_card(CARD, rows),
        as_csv(),
        label=("公布日期", "%Y-%m-%d"),
        faults=[repeated(), undated()],
    )
