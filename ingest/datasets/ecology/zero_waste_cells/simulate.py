"""Zero-waste cells: scenic areas, shopping streets and others, scored by two groups of rules; one lost its sign."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
PER_BATCH = 90
KINDS = {
    "无废景区": "景区",
    "无废商业街区": "商业街区",
    "无废工厂": "工厂",
    "无废学校": "学校",
    "无废小区": "小区",
    "无废医院": "医院",
}


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a batch."""
    rng = world.rng(CARD.id)
    for year in world.years[-2:]:
        count = max(8, world.some(PER_BATCH))
        kind = ledgers.pick(rng, list(KINDS), count, [10, 8, 30, 20, 25, 7])
        running = pl.int_range(1, count + 1)
        rows = ledgers.some_rows(rng, ledgers.counties(world), count).select(
            cell_code=pl.format("WF{}{}", pl.lit(year), running.cast(pl.String).str.zfill(3)),
            cell_name=pl.format(
                "{}模拟{}号{}", "region_name", running, kind.replace_strict(KINDS, return_dtype=pl.String)
            ),
            cell_kind=kind,
            region_code="region_code",
            batch_year=pl.lit(year),
            score_source_reduction=ledgers.gaps(rng, ledgers.fixed(rng.uniform(78, 99, count), 1), 0.05),
            score_recycling=ledgers.fixed(rng.uniform(75, 99, count), 1),
            status=pl.when(running == 4).then(pl.lit("已摘牌")).otherwise(pl.lit("已公布")),
        )
        yield feed(
            CARD,
            f"sim_zero_waste_cells_{year}.xlsx",
            rows,
            as_workbook("名单", f"浙江省{year}年“无废细胞”名单", header="merged"),
            faults=[earlier({"status": "公示中"}), without("cell_code")],
        )
