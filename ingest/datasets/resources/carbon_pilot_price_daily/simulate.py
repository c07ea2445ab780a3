"""A pilot market's price: a slow random walk on trading days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import as_csv, feed

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__carbon_pilot_price_daily")
    days = world.days.filter(world.days.dt.weekday() <= 5)
    price = pl.Series((75 * np.exp(np.cumsum(rng.normal(0, 0.01, days.len())))).round(2))
    rows = pl.DataFrame({"start": days, "price_yuan_t": price}).with_columns(product=pl.lit("GDEA"))
    for (year,), part in rows.group_by(pl.col("start").dt.year(), maintain_order=True):
        name = f"sim_carbon_pilot_price_{year}.csv"
        yield feed(CARD, name, part, as_csv(), label=("date", "%Y/%-m/%-d"), repeated=1, mistyped=("price_yuan_t", 1))
