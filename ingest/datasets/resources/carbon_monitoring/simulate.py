"""CO2 of the simulated outlets: share near 12 %, flow with a yearly course, mass exactly from both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.enterprises import enterprises
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import local_instant
from ingest.simulate.writing import csv_bytes

CARD = card_beside(__file__)
SECTORS = ("电力热力", "水泥", "钢铁", "有色金属")
KG_PER_M3 = 1.9647
MISSING_SHARE, MAINTENANCE_SHARE = 0.0025, 0.02


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rng = world.rng("resources__carbon_monitoring")
    outlets = enterprises(world, world.some(20), SECTORS).select(station_code=pl.format("{}-01", "credit_code"))
    outlets = outlets.with_columns(usual=pl.Series(rng.uniform(2e5, 1.2e6, outlets.height)))
    table = outlets.join(world.days.to_frame(), how="cross")
    season = 1 + 0.1 * np.cos(2 * np.pi * (table["day"].dt.ordinal_day().to_numpy() - 20) / 365)
    share = rng.normal(12, 0.6, table.height).round(2)
    flow = (table["usual"].to_numpy() * season * rng.normal(1, 0.05, table.height)).round(0)
    chance = rng.random(table.height)
    table = table.with_columns(
        share=pl.Series(share),
        flow=pl.Series(flow),
        mass=pl.Series((share / 100 * flow * 24 * KG_PER_M3 / 1000).round(3)),
        mark=pl.Series(np.where(chance < MAINTENANCE_SHARE, "M", "N")),
    ).filter(pl.Series(chance < 1 - MISSING_SHARE))
    values = dict(zip(CARD.items, ("share", "flow", "mass"), strict=True))
    table = table.with_columns(
        pl.when(pl.col("mark") == "N").then(pl.col(n).cast(pl.String)).alias(n) for n in values.values()
    )
    for (month,), part in table.group_by(pl.col("day").dt.strftime("%Y%m"), maintain_order=True):
        printed = part.select(
            pl.col("station_code").alias("排放口编码"),
            pl.col("day").cast(pl.String).alias("日期"),
            *(pl.col(values[item]).fill_null("-").alias(theirs) for item, theirs in CARD.items.items()),
            pl.col("mark").alias("数据标记"),
        )
        truth = part.select(
            "station_code", "day", agency_flag="mark", **{item: pl.col(n) for item, n in values.items()}
        )
        yield Feed(
            f"sim_carbon_monitoring_{month}.csv",
            csv_bytes(pl.concat([printed, printed.head(1)])),
            truth.unpivot(list(values), index=["station_code", "day", "agency_flag"], variable_name="item")
            .with_columns(interval_start_at=local_instant(pl.col("day"), "Asia/Shanghai"))
            .drop("day"),
            duplicates={"duplicate_identical": len(values)},
        )
