"""A pilot market's price: a slow random walk on trading days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, mistyped, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__carbon_pilot_price_daily")
    days = world.days.filter(world.days.dt.weekday() <= 5)
    price = pl.Series((75 * np.exp(np.cumsum(rng.normal(0, 0.01, days.len())))).round(2))
    rows = pl.DataFrame({"label_local": days, "price_yuan_t": price}).with_columns(product=pl.lit("GDEA"))
    for year, part in ledgers.periods(by_card(CARD, rows)):
        name = f"sim_carbon_pilot_price_{year}.csv"
        yield feed(
            CARD, name, part, as_csv(), label=("date", "%Y/%-m/%-d"), faults=[mistyped("price_yuan_t"), repeated()]
        )
