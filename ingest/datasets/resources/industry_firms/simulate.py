"""Environmental firms: revenue grows by 6 % a year, research is 4 % of it; one in ten does not report it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a year."""
    rng = world.rng("resources__industry_firms")
    firms = ledgers.enterprises(world, world.some(150), ("水治理", "大气治理", "固废", "监测仪器", "环境服务"))
    usual = rng.lognormal(17.5, 1, firms.height)
    for age, year in enumerate(world.years):
        revenue = pl.Series((usual * 1.06**age).round(2))
        rows = firms.with_columns(
            field="sector",
            revenue_yuan=revenue,
            staff=(revenue / 900_000).cast(pl.Int64) + 5,
            research_yuan=pl.when(pl.int_range(pl.len()) % 10 != 1).then((revenue * 0.04).round(2)),
            data_products=pl.Series(rng.poisson(0.5 + 0.3 * age, firms.height)),
            label_local=pl.date(year, 1, 1),
        )
        writer = as_workbook("企业名录", f"{year}年环保产业企业调查表", ["注：研发投入未填报的为“—”。"])
        yield feed(
            CARD,
            f"sim_industry_firms_{year}.xlsx",
            by_card(CARD, rows),
            writer,
            label=("年份", "%Y"),
            blank="—",
            faults=[repeated()],
        )
