"""Funds of the cities: 98 % of the budget is transferred, 91 % spent, nine goals in ten met."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, mistyped
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a year."""
    rng = world.rng("resources__plan_funds")
    cities = pl.DataFrame({"region_code": [city.adcode for city in ledgers.cities(world)]})
    for year in world.years:
        budget = pl.Series(rng.uniform(2e7, 9e7, cities.height).round(-3))
        goals = pl.Series(rng.integers(8, 20, cities.height))
        rows = cities.with_columns(
            budget_yuan=budget,
            transferred_yuan=(budget * 0.98).round(2),
            spent_yuan=(budget * 0.91).round(2),
            goals=goals,
            goals_met=(goals * 0.9).cast(pl.Int64),
            score=pl.Series(rng.uniform(82, 97, cities.height).round(1)),
            label_local=pl.date(year, 1, 1),
        )
        writer = as_workbook("绩效", f"{year}年数字生态文明专项资金绩效自评表")
        yield feed(
            CARD,
            f"sim_plan_funds_{year}.xlsx",
            by_card(CARD, rows),
            writer,
            label=("年份", "%Y"),
            faults=[mistyped("spent_yuan")],
        )
