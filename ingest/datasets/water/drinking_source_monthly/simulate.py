"""Simulated monthly workbooks of drinking-water sources: two a city, clean reservoirs and one river."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.lab_sheets import sheet
from ingest.simulate.long_tables import grid, instants
from ingest.simulate.water import LAKE, LOADS, RIVER, printed, quality

PER_CITY = 2
PROTECTED = 0.55  # loads of protected catchments against the province's mean
HEAD = ["水源编码", "水源名称", "行政区划代码", "水源类型", "采样日期"]


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a month."""
    card = card_beside(__file__)
    rows = [
        (f"YS{city.adcode}{place + 1:02}", f"{city.name}模拟水源{'一二'[place]}", city.adcode, (LAKE, RIVER)[place],
         PROTECTED * LOADS[city.adcode])
        for city in world.cities
        for place in range(world.some(PER_CITY))
    ]  # fmt: skip
    names = ["station_code", "source_name", "region_code", "water_body_type", "load"]
    places = pl.DataFrame(rows, schema=names, orient="row")
    times = instants(world.months)
    items = list(card.items)
    table = grid(times, places).hstack(printed(quality(world, "drinking_source", places, times, 2), items))
    table = table.with_columns(sampled_on=pl.col("start").dt.date() + pl.duration(days=4))
    table = table.with_columns(
        pl.col("station_code").alias("水源编码"),
        pl.col("source_name").alias("水源名称"),
        pl.col("region_code").alias("行政区划代码"),
        pl.col("water_body_type").alias("水源类型"),
        pl.col("sampled_on").dt.strftime("%Y/%m/%d").alias("采样日期"),
    )
    for month in world.months:
        mine = table.filter(pl.col("start").dt.date() == month)
        title = f"县级以上集中式饮用水水源水质监测结果（{month:%Y年%-m月}）"
        yield sheet(card, f"sim_drinking_source_monthly_{month:%Y%m}.xlsx", title, mine, HEAD)
