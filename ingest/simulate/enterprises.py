"""Fictional enterprises that several registers speak of: the same firm has the same code in all of them.

Credit codes have the form of GB 32100 without its check digit: no real firm can have one. Does not belong here: what
any register says about a firm.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from ingest.formats.regions import regions
from ingest.simulate.feeds import World

SECTORS = ("电力热力", "水泥", "钢铁", "石化", "化工", "造纸", "纺织印染", "化纤", "有色金属", "电子")


def enterprises(world: World, count: int, sectors: tuple[str, ...] = SECTORS) -> pl.DataFrame:
    """``count`` firms dealt over the counties in turn: credit_code, enterprise, sector, region_code, city_code."""
    counties = counties_of(world)
    number = pl.int_range(count)
    place = (number * 7) % counties.height
    table = pl.select(number=number, place=place, sector=(number * 3) % len(sectors)).with_columns(
        counties["region_code"].gather(pl.select(place).to_series()).alias("region_code"),
        counties["county"].gather(pl.select(place).to_series()).alias("county"),
    )
    sector = pl.col("sector").replace_strict(dict(enumerate(sectors)), return_dtype=pl.String)
    serial = pl.col("number").cast(pl.String).str.zfill(5)
    return table.with_columns(sector=sector).select(
        credit_code=pl.format("91{}MA9{}0X", "region_code", serial),
        enterprise=pl.format("{}模拟{}{}号企业", "county", "sector", pl.col("number") + 1),
        sector="sector",
        region_code="region_code",
        city_code=pl.col("region_code").str.slice(0, 4) + "00",
    )


def counties_of(world: World) -> pl.DataFrame:
    """The province's counties (region_code, county, city_code), as many as the world wants."""
    table = regions().filter(pl.col("region_code").str.starts_with("33"), region_level="county").sort("region_code")
    step = max(1, round(1 / world.scale))
    return table.gather_every(step).select("region_code", county="name_zh", city_code="parent_code")


def spread(world: World, table: pl.DataFrame, first: date, last: date | None = None) -> pl.DataFrame:
    """The rows with ``start``: days spread evenly from ``first`` to ``last`` (or the world's end), in order."""
    span = ((last or world.last) - first).days
    return table.with_columns(start=pl.lit(first) + pl.duration(days=pl.int_range(pl.len()) * span // pl.len()))
