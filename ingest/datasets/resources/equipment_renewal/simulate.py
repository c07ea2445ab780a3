"""Projects of renewal, some 30 devices each: some 10,000 devices a year, so the target of 15,000 is met late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, mistyped, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__equipment_renewal")
    count = world.some(900)
    table = pl.concat([ledgers.counties(world)] * count).head(count)
    devices = pl.Series(rng.integers(5, 60, count))
    rows = ledgers.spread(world, table, date(2024, 1, 2)).with_columns(
        project_id=pl.format(
            "SB{}-{}", pl.col("label_local").dt.year(), pl.int_range(pl.len()).cast(pl.String).str.zfill(5)
        ),
        kind=pl.Series(["在线监测", "污染治理", "监测站设备", "低效治理设施"]).gather(rng.integers(0, 4, count)),
        devices=devices,
        investment_yuan=(devices * 42_000.0).round(2),
    )
    for year, part in ledgers.periods(by_card(CARD, rows)):
        name = f"sim_equipment_renewal_{year}.csv"
        yield feed(
            CARD,
            name,
            part,
            as_csv("gb18030"),
            label=("完工日期", "%Y-%m-%d"),
            faults=[mistyped("devices"), repeated()],
        )
