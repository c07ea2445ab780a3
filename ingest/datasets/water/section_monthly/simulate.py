"""Simulated monthly workbooks of manual sampling: every section, 24 items, in the first ten days of the month."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.lab_sheets import sheet
from ingest.simulate.long_tables import grid, instants
from ingest.simulate.water import printed, quality, sections

LAST_SAMPLING_DAY = 10
HEAD = ["断面名称", "流域", "采样日期"]


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a month."""
    card = card_beside(__file__)
    places = sections(world)
    times = instants(world.months)
    items = list(card.items)
    table = grid(times, places).hstack(printed(quality(world, "water_monthly", places, times, 2), items))
    day = pl.Series("day", world.rng("water_monthly.day").integers(1, LAST_SAMPLING_DAY, table.height))
    table = table.with_columns(day).with_columns(sampled_on=pl.col("start").dt.date() + pl.duration(days="day"))
    table = table.with_columns(
        pl.col("section_name").alias("断面名称"),
        pl.col("basin").alias("流域"),
        pl.col("sampled_on").dt.strftime("%Y-%m-%d").alias("采样日期"),
    )
    for month in world.months:
        mine = table.filter(pl.col("start").dt.date() == month)
        title = f"浙江省地表水断面水质监测结果（{month:%Y年%-m月}）"
        yield sheet(card, f"sim_section_monthly_{month:%Y%m}.xlsx", title, mine, HEAD)
