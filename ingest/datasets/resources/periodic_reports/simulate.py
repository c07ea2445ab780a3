"""Reports on six of the plan's targets: values grow quarter by quarter, one target is due and not reported."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.quarters import whole_quarters
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
# target code → clause, unit, goal
TARGETS = {
    "PLN-03-04": ("三", "市", 11.0),
    "PLN-03-05": ("三", "是否", 1.0),
    "PLN-05-03": ("五", "个", 10.0),
    "PLN-10-01": ("十", "个", 50.0),
    "PLN-10-02": ("十", "家", 500.0),
    "PLN-14-01": ("十四", "台套", 15000.0),
}
NOT_REPORTED = "PLN-03-05"


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a quarter."""
    targets = pl.DataFrame(
        [(code, *facts) for code, facts in TARGETS.items()],
        schema=["target_code", "clause", "unit_zh", "goal"],
        orient="row",
    )
    for number, quarter in enumerate(whole_quarters(world)):
        share = min(1.0, 0.55 + 0.07 * number)
        silent = pl.col("target_code") == NOT_REPORTED
        value = pl.when(~silent).then((pl.col("goal") * share).floor())
        rows = targets.with_columns(
            reported_value=value,
            status=pl.when(silent)
            .then(pl.lit("到期未报"))
            .when(value >= pl.col("goal"))
            .then(pl.lit("已完成"))
            .otherwise(pl.lit("进行中")),
            evidence=pl.when(~silent).then(pl.lit(f"浙环数报〔{quarter:%Y}〕{number + 1}号")),
            label_local=pl.lit(quarter),
        )
        name = f"sim_periodic_reports_{quarter:%Y%m}.xlsx"
        writer = as_workbook("进展", f"阶段性工作情况（{quarter:%Y年%m月}起一季度）", ["注：“到期未报”不填数。"])
        yield feed(
            CARD, name, by_card(CARD, rows), writer, label=("季度首日", "%Y-%m-%d"), blank="—", faults=[repeated()]
        )
