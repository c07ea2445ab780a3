"""Shared permit trades: some go across provinces, VOCs carry their group, a few wait for an approval."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import polars as pl

from ingest.simulate.feeds import Feed, World
from ingest.simulate.partners import PARTNERS, answer, utc_text
from ingest.simulate.published import instant

POLLUTANTS = ["COD", "NH3-N", "SO2", "NOx", "VOCs"]
GROUPS = ["烯烃", "芳香烃", "卤代烃", "含氧有机物"]
TRADES = 60


def simulate(world: World) -> Iterator[Feed]:
    """One answer a province: the first trade twice, one without a day."""
    rng = world.rng("yangtze_delta__permit_trades")
    count = world.some(TRADES)
    shared = datetime.combine(world.last, time(9)) + timedelta(days=1)
    for partner in PARTNERS:
        kind = pl.Series(POLLUTANTS).gather(rng.integers(0, len(POLLUTANTS), count))
        table = pl.DataFrame({"day": world.days.gather(rng.integers(0, world.days.len(), count)).sort()}).with_columns(
            tradeId=pl.format(
                "YD{}{}-{}",
                pl.lit(partner.code[:2]),
                pl.col("day").dt.strftime("%Y%m%d"),
                (pl.int_range(pl.len()) % 1000).cast(pl.String).str.zfill(3),
            ),
            seller=pl.format("模拟转让企业{}", pl.int_range(pl.len()) + 1),
            buyer=pl.format("模拟受让企业{}", pl.int_range(pl.len()) + 1),
            buyerProvince=pl.Series([partner.code, partner.code, "330000"]).gather(rng.integers(0, 3, count)),
            pollutant=kind,
            vocGroup=pl.when(kind == "VOCs").then(pl.Series(GROUPS).gather(rng.integers(0, 4, count))),
            quantity=pl.Series(rng.uniform(0.2, 30, count).round(3)).cast(pl.String),
            price=pl.Series(rng.uniform(2_000, 12_000, count).round(0)).cast(pl.String),
            mode=pl.Series(["公开竞价", "协议转让"]).gather(rng.integers(0, 2, count)),
            sellerApproval=pl.lit("同意"),
            buyerApproval=pl.Series(["同意", "同意", "待审"]).gather(rng.integers(0, 3, count)),
            updated=pl.lit(shared - timedelta(hours=1) + partner.clock_ahead),
        )
        records = table.select(
            *(name for name in table.columns if name not in ("day", "updated")),
            dealDate=pl.col("day").dt.strftime("%Y-%m-%d"),
            updatedAt=utc_text(pl.col("updated")),
        )
        undated = records.head(1).with_columns(dealDate=pl.lit("待定"))
        truth = table.select(
            source_province=pl.lit(partner.code),
            trade_id="tradeId",
            seller="seller",
            buyer="buyer",
            buyer_province="buyerProvince",
            pollutant="pollutant",
            voc_group="vocGroup",
            quantity_t_a="quantity",
            price_yuan_t_a="price",
            mode="mode",
            seller_approval="sellerApproval",
            buyer_approval="buyerApproval",
            licence=pl.lit(partner.licence),
            shared_at=instant(pl.lit(shared)),
            updated_at=instant(pl.col("updated")),
            interval_start_at=instant(pl.col("day").cast(pl.Datetime("us"))),
        )
        yield Feed(
            f"sim_delta_permit_trades_{partner.code}.json",
            answer(partner, pl.concat([records, records.head(1), undated]), shared, world.last),
            truth,
            quarantined={"time_unreadable": 1},
            duplicates={"duplicate_identical": 1},
        )
