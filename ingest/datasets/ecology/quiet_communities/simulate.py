"""Quiet communities: two batches a year apart, one rating withdrawn, a total row at the foot of the sheet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
PER_BATCH = 60


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a batch; the limits of zone 1 (55/45 dB) are met by all that were named."""
    rng = world.rng(CARD.id)
    for year in world.years[-2:]:
        count = max(6, world.some(PER_BATCH))
        places = ledgers.some_rows(rng, ledgers.counties(world), count)
        withdrawn = pl.Series(np.arange(count) == 3)
        rows = places.select(
            community_code=pl.format("NJ{}{}", pl.lit(year), pl.int_range(1, count + 1).cast(pl.String).str.zfill(3)),
            batch_year=pl.lit(year),
            community_name=pl.format("{}模拟{}号小区", "region_name", pl.int_range(1, count + 1)),
            region_code="region_code",
            households=pl.Series(rng.integers(180, 2600, count)),
            day_leq_dba=ledgers.fixed(rng.uniform(44, 54.4, count), 1),
            night_leq_dba=ledgers.gaps(rng, ledgers.fixed(rng.uniform(36, 44.6, count), 1), 0.05),
            status=pl.when(withdrawn).then(pl.lit("已撤销")).otherwise(pl.lit("已命名")),
        )
        yield feed(
            CARD,
            f"sim_quiet_communities_{year}.xlsx",
            rows,
            as_workbook("名单", f"浙江省{year}年度宁静小区名单", header="merged"),
            faults=[earlier({"status": "公示中"}), without("community_code")],
        )
