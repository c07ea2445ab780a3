"""Actions of four operators under four agreements; only reviews and releases carry a verdict."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rng = world.rng("resources__authorised_operation_log")
    count = world.some(1200)
    action = rng.choice(4, count, p=[0.6, 0.25, 0.1, 0.05])
    table = pl.DataFrame({"n": range(count)}).with_columns(
        action=pl.Series(["查询", "建模", "产品审核", "产品出域"]).gather(action)
    )
    seconds = np.sort(rng.integers(0, world.days.len() * 86_400, count))
    rows = table.with_columns(
        label_local=pl.Series(np.datetime64(world.first, "us") + seconds.astype("m8[s]")),
        log_id=pl.format("OP{}", (pl.col("n") + 1).cast(pl.String).str.zfill(8)),
        agreement=pl.format("SQ2025-{}", 1 + pl.col("n") % 4),
        operator=pl.format("模拟运营公司{}", 1 + pl.col("n") % 4),
        purpose=pl.lit("绿色信贷评价"),
        dataset=pl.lit("air__cnemc_station_hourly"),
        rows_used=pl.Series(rng.integers(100, 1_000_000, count)),
        review=pl.when(pl.col("action").is_in(["产品审核", "产品出域"])).then(
            pl.when(pl.col("n") % 9 == 0).then(pl.lit("驳回")).otherwise(pl.lit("通过"))
        ),
    )
    for month, part in ledgers.periods(by_card(CARD, rows), "%Y%m"):
        name = f"sim_authorised_operation_log_{month}.json"
        yield feed(
            CARD,
            name,
            part,
            as_platform_json(),
            label=("operatedAt", "%Y-%m-%d %H:%M:%S"),
            faults=[repeated(), undated()],
        )
