"""Data centres whose PUE falls from 1.38 by 0.004 a month and rises by 0.08 in summer."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, mistyped, undated
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rng = world.rng("resources__green_data_centres")
    counties = ledgers.counties(world).head(world.some(24))
    usual = rng.uniform(5e5, 9e6, counties.height).round(0)
    for number, month in enumerate(world.months):
        summer = 0.08 * (6 <= month.month <= 9)
        it = pl.Series((usual * rng.normal(1, 0.03, counties.height)).round(2))
        total = (it * (1.38 + summer - 0.004 * number)).round(2)
        rows = counties.with_columns(
            centre_code=pl.format("DC{}01", "region_code"),
            electricity_kwh=total,
            it_electricity_kwh=it,
            green_electricity_kwh=(total * 0.25).round(2),
            pue=(total / it).round(3),
            racks=pl.Series((usual / 900).astype(int)),
            label_local=pl.lit(month),
        )
        name = f"sim_green_data_centres_{month:%Y%m}.json"
        yield feed(
            CARD,
            name,
            by_card(CARD, rows),
            as_platform_json(),
            label=("month", "%Y-%m"),
            faults=[mistyped("electricity_kwh"), undated()],
        )
