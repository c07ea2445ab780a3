"""GEP of the simulated cities: value is quantity × price, quantities grow by 1 % a year."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
SERVICES = {
    ("物质产品", "农林牧渔产品"): ("t", 9.0e5, 4_000.0),
    ("调节服务", "水源涵养"): ("m3", 1.2e9, 8.0),
    ("调节服务", "土壤保持"): ("t", 2.0e7, 30.0),
    ("调节服务", "固碳"): ("t", 9.0e5, 90.0),
    ("调节服务", "气候调节"): ("kWh", 2.0e10, 0.5),
    ("文化服务", "旅游休憩"): ("人次", 4.0e6, 800.0),
}
NEW_STANDARD = 2025


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a year."""
    rng = world.rng("resources__gep_accounts")
    services = pl.DataFrame(
        [(*names, *facts) for names, facts in SERVICES.items()],
        schema=["category", "service", "quantity_unit", "usual", "price_yuan"],
        orient="row",
    )
    cities = pl.DataFrame({"region_code": [city.adcode for city in ledgers.cities(world)]})
    for age, year in enumerate(world.years):
        table = cities.join(services, how="cross")
        quantity = (table["usual"] * pl.Series(rng.uniform(0.6, 1.6, table.height)) * 1.01**age).round(0)
        rows = table.with_columns(
            quantity=quantity,
            value_yuan=(quantity * pl.col("price_yuan")).round(2),
            standard=pl.lit("DB33/T 2274-2020" if year < NEW_STANDARD else "DB33/T 2274-2025"),
            label_local=pl.date(year, 1, 1),
        )
        writer = as_workbook("GEP核算", f"{year}年各市生态产品总值核算表", ["注：价值量为当年价。"])
        yield feed(
            CARD,
            f"sim_gep_accounts_{year}.xlsx",
            by_card(CARD, rows),
            writer,
            label=("年份", "%Y"),
            faults=[repeated()],
        )
