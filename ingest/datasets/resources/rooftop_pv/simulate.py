"""New factory buildings: the share with photovoltaics rises from 60 % by 1.2 points a month; 85 kWh a kW and month."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, mistyped, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rng = world.rng("resources__rooftop_pv")
    counties = ledgers.counties(world)
    capacity = pl.Series([0.0] * counties.height)
    for number, month in enumerate(world.months):
        buildings = rng.poisson(3, counties.height)
        with_pv = rng.binomial(buildings, min(0.95, 0.6 + 0.012 * number))
        added = pl.Series((with_pv * 800.0).round(1))
        capacity = capacity + added
        rows = counties.with_columns(
            buildings=pl.Series(buildings),
            buildings_with_pv=pl.Series(with_pv),
            capacity_kw=added,
            generated_kwh=(capacity * 85).round(2),
            label_local=pl.lit(month),
        )
        name = f"sim_rooftop_pv_{month:%Y%m}.csv"
        yield feed(
            CARD,
            name,
            by_card(CARD, rows),
            as_csv(),
            label=("月份", "%Y年%-m月"),
            faults=[mistyped("capacity_kw"), repeated()],
        )
