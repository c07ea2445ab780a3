"""An aggregator's daily table of one city: GBK, CR CR LF, an AQI that does not follow from its own pollutants."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.simulate.feeds import Feed, World
from ingest.simulate.writing import csv_bytes

HEADER = {
    "category_zh": "质量等级",
    "aqi": "AQI指数",
    "aqi_rank": "当天AQI排名",
    "pm25_ug_m3": "PM2.5",
    "pm10_ug_m3": "PM10",
    "so2_ug_m3": "So2",
    "no2_ug_m3": "No2",
    "co_mg_m3": "Co",
    "o3_ug_m3": "O3",
}
REGION = "330100"
REPEATED = 3


def simulate(world: World) -> Iterator[Feed]:
    """One file of all days; the last three stand twice, as where two pages of the site overlap."""
    rng = world.rng("air__city_daily_published")
    days = world.days.to_frame()
    n = days.height
    winter = 0.5 + 0.5 * np.cos(2 * np.pi * (world.days.dt.ordinal_day().to_numpy() - 15) / 365.25)
    pm25 = np.clip(18 + 25 * winter + 8 * rng.standard_normal(n), 4, 240).round()
    table = days.with_columns(
        pm25_ug_m3=pm25,
        pm10_ug_m3=(pm25 * 1.6 + 6).round(),
        so2_ug_m3=rng.integers(4, 10, n),
        no2_ug_m3=rng.integers(15, 55, n),
        co_mg_m3=rng.integers(50, 110, n) / 100,
        o3_ug_m3=np.clip(110 - 70 * winter + 25 * rng.standard_normal(n), 10, 280).round(),
        aqi=np.clip(pm25 + rng.integers(10, 40, n), 20, 400).round(),
        aqi_rank=rng.integers(1, 360, n),
    ).with_columns(
        pl.col("pm25_ug_m3", "pm10_ug_m3", "o3_ug_m3", "aqi").cast(pl.Int64),
        pl.col("co_mg_m3").cast(pl.Decimal(12, 2)),
        category_zh=pl.col("aqi").cut([50, 100, 150], labels=["优", "良", "轻度污染", "中度污染"]).cast(pl.String),
    )
    sent = pl.concat([table, table.tail(REPEATED)])
    content = csv_bytes(
        sent.select(日期=pl.col("day").cast(pl.String), **{theirs: pl.col(ours) for ours, theirs in HEADER.items()}),
        encoding="gb18030",
        line_end="\r\r\n",
    )
    midnight = pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("Asia/Shanghai")
    truth = table.select(*HEADER, region_code=pl.lit(REGION), interval_start_at=midnight.dt.convert_time_zone("UTC"))
    name = f"sim_hangzhou_daily_aqi_{world.first:%Y%m%d}_{world.last:%Y%m%d}_gbk.csv"
    yield Feed(name, content, truth, duplicates={"duplicate_identical": REPEATED})
