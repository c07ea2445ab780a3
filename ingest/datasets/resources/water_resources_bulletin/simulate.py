"""Water of the simulated cities: a wet and a dry year in turn, use that falls by 1 % a year; all sums close."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
SHARES = {"use_farming": 0.42, "use_industry": 0.19, "use_living": 0.33, "use_ecology": 0.06}
SPACED = {"杭州市": "杭 州 市", "全省": "全 省"}
VOLUMES = [c.name for c in CARD.columns if c.unit == "100M m3"]


def simulate(world: World) -> Iterator[Feed]:
    """One bulletin a year: the cities, and the province as their sum."""
    cities = ledgers.cities(world)
    rng = world.rng("resources__water_resources_bulletin")
    for number, year in enumerate(world.years):
        rain = pl.Series((rng.uniform(40, 190, len(cities)) * (1.15, 0.85)[number % 2]).round(2))
        supply = pl.Series((rng.uniform(8, 30, len(cities)) * 0.99**number).round(2))
        table = pl.DataFrame(
            {"region_code": [c.adcode for c in cities], "region_name": [f"{c.name}市" for c in cities]}
        )
        table = table.with_columns(precipitation=rain, surface=(rain * 0.55).round(2), supply=supply)
        table = table.with_columns(
            ground=(pl.col("surface") * 0.2).round(2), overlap=(pl.col("surface") * 0.19).round(2)
        )
        uses = {name: (pl.col("supply") * share).round(2) for name, share in SHARES.items() if name != "use_ecology"}
        rows = table.with_columns(**uses).with_columns(
            total=pl.col("surface") + pl.col("ground") - pl.col("overlap"),
            use_ecology=pl.col("supply") - pl.sum_horizontal(*uses),
            use="supply",
        )
        rows = rows.rename({name.removesuffix("_100m_m3"): name for name in VOLUMES})
        whole = rows.select(
            pl.lit("330000").alias("region_code"), pl.lit("全省").alias("region_name"), pl.col(VOLUMES).sum()
        )
        rows = pl.concat([whole, rows.select(whole.columns)]).with_columns(
            pl.col(VOLUMES).round(2), label_local=pl.date(year, 1, 1)
        )
        rows = rows.with_columns(pl.col("region_name").replace(SPACED))
        writer = as_workbook(
            "公报附表",
            f"{year}年浙江省水资源公报（单位：亿立方米）",
            ["注：重复量为地表水与地下水重复计算量。"],
            header="grouped",
        )
        yield feed(CARD, f"sim_water_resources_bulletin_{year}.xlsx", by_card(CARD, rows), writer, faults=[repeated()])
