"""Five laboratories, completed in order through the period."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rows = ledgers.spread(world, ledgers.counties(world).head(world.some(5)), world.first).with_columns(
        lab_code=pl.format("AI{}01", "region_code"),
        lab_name=pl.format("{}模拟人工智能监测实验室", "region_name"),
        automated_items=20 + 5 * pl.int_range(pl.len()),
    )
    yield feed(
        CARD, "sim_ai_labs.csv", by_card(CARD, rows), as_csv(), label=("建成日期", "%Y-%m-%d"), faults=[repeated()]
    )
