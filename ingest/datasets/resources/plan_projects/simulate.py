"""Key projects in three batches: each spends a tenth of its investment a quarter."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.quarters import whole_quarters
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)
CLAUSES = ["三", "五", "十", "十一", "十四", "十五"]


def simulate(world: World) -> Iterator[Feed]:
    """One file a quarter."""
    count = world.some(48)
    table = pl.DataFrame({"n": range(count)}).with_columns(
        project_id=pl.format("ZD{}", (pl.col("n") + 1).cast(pl.String).str.zfill(5)),
        project=pl.format("模拟重点项目{}", pl.col("n") + 1),
        clause=(pl.col("n") % len(CLAUSES)).replace_strict(dict(enumerate(CLAUSES)), return_dtype=pl.String),
        batch_no=1 + pl.col("n") // 16,
        lead_unit=pl.lit("省生态环境厅"),
        investment_yuan=pl.Series(world.rng("resources__plan_projects").lognormal(17, 0.8, count).round(2)),
    )
    for number, quarter in enumerate(whole_quarters(world)):
        done = ((number + 1) / 10 - 0.1 * (pl.col("batch_no") - 1)).clip(0, 1)
        rows = table.with_columns(
            spent_yuan=(pl.col("investment_yuan") * done).round(2),
            status=pl.when(done >= 1)
            .then(pl.lit("完工"))
            .when(done > 0)
            .then(pl.lit("在建"))
            .otherwise(pl.lit("未开工")),
            label_local=pl.lit(quarter),
        )
        name = f"sim_plan_projects_{quarter:%Y%m}.json"
        yield feed(
            CARD, name, by_card(CARD, rows), as_platform_json(), label=("quarterStart", "%Y-%m-%d"), faults=[repeated()]
        )
