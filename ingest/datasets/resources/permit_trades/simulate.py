"""Permit trades of the simulated firms (``ingest.simulate.permits``)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.permits import trades
from ingest.simulate.published import by_card, feed, mistyped, repeated
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rows = trades(world).with_columns(
        amount_yuan=(pl.col("quantity_t_a") * pl.col("price_yuan_t_a")).round(2),
        valid_to=pl.col("label_local").dt.offset_by("5y").cast(pl.Date),
    )
    for month, part in ledgers.periods(by_card(CARD, rows), "%Y%m"):
        name = f"sim_permit_trades_{month}.json"
        yield feed(
            CARD,
            name,
            part,
            as_platform_json(),
            label=("dealDate", "%Y-%m-%d"),
            faults=[mistyped("quantity_t_a"), repeated()],
        )
