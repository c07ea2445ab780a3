"""Forest of the simulated counties: cover of 5 to 85 %, stock grows by 3 % a year, 0.42 t carbon a cubic metre."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__forest_resources")
    counties = ledgers.counties(world)
    area = rng.integers(30_000, 250_000, counties.height)
    cover = rng.uniform(5, 85, counties.height).round(2)
    for age, year in enumerate(world.years):
        forest = (area * cover / 100).round(2)
        stock = (forest * 85 * 1.03**age).round(2)
        carbon = pl.Series((stock * 0.42).round(2)).scatter(0, None)
        rows = counties.select(
            region_code="region_code",
            region_name="region_name",
            forest_ha=pl.Series(forest),
            coverage_pct=pl.Series(cover),
            stock_m3=pl.Series(stock),
            public_forest_ha=pl.Series((forest * 0.4).round(2)),
            carbon_stock_t=carbon,
            label_local=pl.date(year, 1, 1),
        )
        notes = ["注：覆盖率含灌木林。"]
        writer = as_workbook("森林资源", f"{year}年浙江省森林资源主要指标", notes)
        yield feed(
            CARD,
            f"sim_forest_resources_{year}.xlsx",
            by_card(CARD, rows),
            writer,
            label=("年份", "%Y"),
            blank="—",
            faults=[without("region_code")],
        )
