"""Yearly permit accounts that follow from the trades (``ingest.simulate.permits``)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.permits import holdings
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    for (year,), table in holdings(world).group_by("year", maintain_order=True):
        rows = table.rename({n: f"{n}_t_a" for n in ("opening", "bought", "sold", "retired", "held", "limit")})
        rows = rows.rename({"actual": "actual_t"}).with_columns(label_local=pl.date(year, 1, 1))
        name = f"sim_permit_holdings_{year}.csv"
        yield feed(
            CARD,
            name,
            by_card(CARD, rows),
            as_csv("gb18030", "\r\n"),
            label=("年份", "%Y年"),
            faults=[repeated(first=2), without("credit_code")],
        )
