"""The yearbook of the simulated economy (``ingest.simulate.economy``): eleven cities, and the province as their sum."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.economy import accounts
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
NUMBERS = {
    "gdp_current": "gdp_current_100m_yuan",
    "gdp_primary": "gdp_primary_100m_yuan",
    "gdp_secondary": "gdp_secondary_100m_yuan",
    "gdp_tertiary": "gdp_tertiary_100m_yuan",
    "gdp_constant": "gdp_constant_100m_yuan",
    "people": "population_10k_persons",
    "energy_tce": "energy_10k_tce",
    "electricity": "electricity_100m_kwh",
}
SPACED = {"杭州市": "杭 州 市", "宁波市": "宁 波 市"}
NOTES = ["注：1. 地区生产总值可比价按2020年价格计算。", "资料来源：浙江省统计局。"]


def simulate(world: World) -> Iterator[Feed]:
    """One table a year; the electricity of the last city is not yet known."""
    names = {c.adcode: f"{c.name}市" for c in world.cities}
    for (year,), table in accounts(world).group_by("year", maintain_order=True):
        cities = table.select(
            "region_code",
            region_name=pl.col("region_code").replace_strict(names),
            **{ours: pl.col(theirs) for theirs, ours in NUMBERS.items()},
        )
        whole = cities.select(
            region_code=pl.lit("330000"),
            region_name=pl.lit("全  省"),
            **{n: pl.col(n).sum().round(2) for n in NUMBERS.values()},
        )
        last = pl.int_range(pl.len()) == pl.len() - 1
        rows = pl.concat([whole, cities.select(whole.columns)]).with_columns(
            pl.col("region_name").replace(SPACED),
            pl.when(~last).then("electricity_100m_kwh").alias("electricity_100m_kwh"),
            label_local=pl.date(year, 1, 1),
        )
        writer = as_workbook("2-3", f"2-3 各市主要经济、人口和能源指标（{year}年）", NOTES, header="grouped")
        yield feed(CARD, f"sim_yearbook_energy_gdp_population_{year}.xlsx", by_card(CARD, rows), writer, blank="—")
