"""CO2 of the simulated outlets: share near 12 %, flow with a yearly course, mass exactly from both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
SECTORS = ("电力热力", "水泥", "钢铁", "有色金属")
KG_PER_M3 = 1.9647
MISSING_SHARE, MAINTENANCE_SHARE = 0.0025, 0.02


def simulate(world: World) -> Iterator[Feed]:
    """One file a month."""
    rng = world.rng("resources__carbon_monitoring")
    outlets = ledgers.enterprises(world, world.some(20), SECTORS).select(station_code=pl.format("{}-01", "credit_code"))
    outlets = outlets.with_columns(usual=pl.Series(rng.uniform(2e5, 1.2e6, outlets.height)))
    table = outlets.join(world.days.to_frame(), how="cross")
    season = 1 + 0.1 * np.cos(2 * np.pi * (table["day"].dt.ordinal_day().to_numpy() - 20) / 365)
    share = rng.normal(12, 0.6, table.height).round(2)
    flow = (table["usual"].to_numpy() * season * rng.normal(1, 0.05, table.height)).round(0)
    chance = rng.random(table.height)
    is_sound = pl.Series(chance >= MAINTENANCE_SHARE)
    values = zip(CARD.items, (share, flow, (share / 100 * flow * 24 * KG_PER_M3 / 1000).round(3)), strict=True)
    rows = table.select(
        "station_code",
        label_local="day",
        **{item: pl.when(is_sound).then(pl.Series(numbers)) for item, numbers in values},
        agency_flag=pl.when(is_sound).then(pl.lit("N")).otherwise(pl.lit("M")),
    ).filter(pl.Series(chance < 1 - MISSING_SHARE))
    for month, part in ledgers.periods(rows, "%Y%m"):
        name = f"sim_carbon_monitoring_{month}.csv"
        yield feed(CARD, name, part, as_csv(), label=("日期", "%Y-%m-%d"), blank="-", faults=[repeated()])
