"""Model cases in three batches of twelve."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
CLAUSES = ["三", "五", "十", "十一", "十四", "十五"]


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    count = world.some(36)
    rows = ledgers.spread(world, pl.concat([ledgers.counties(world)] * count).head(count), world.first).with_columns(
        case_id=pl.format(
            "AL{}-{}", pl.col("label_local").dt.year(), (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(3)
        ),
        case_title=pl.format("{}模拟数字化治理案例", "region_name"),
        clause=(pl.int_range(pl.len()) % len(CLAUSES)).replace_strict(dict(enumerate(CLAUSES)), return_dtype=pl.String),
        batch_no=1 + pl.int_range(pl.len()) // 12,
        sent_to_ministry=pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("是")).otherwise(pl.lit("否")),
    )
    yield feed(
        CARD,
        "sim_plan_cases.csv",
        by_card(CARD, rows),
        as_csv(),
        label=("发布日期", "%Y-%m-%d"),
        faults=[repeated(), undated()],
    )
