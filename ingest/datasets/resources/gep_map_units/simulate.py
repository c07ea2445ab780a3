"""Map units: three a county, whose value grows by 1 % a year."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__gep_map_units")
    units = ledgers.counties(world).join(pl.DataFrame({"number": [1, 2, 3]}), how="cross")
    area = pl.Series(rng.uniform(20, 250, units.height).round(2))
    density = pl.Series(rng.uniform(2e6, 4e7, units.height).round(0))
    for age, year in enumerate(world.years):
        value = (area * density * 1.01**age).round(2)
        rows = units.with_columns(
            unit_code=pl.format("{}U00{}", "region_code", "number"),
            area_km2=area,
            value_yuan=value,
            value_yuan_km2=(value / area).round(2),
            grade=5 - (density / 8e6).clip(0, 4).cast(pl.Int64),
            label_local=pl.date(year, 1, 1),
        )
        yield feed(
            CARD,
            f"sim_gep_map_units_{year}.json",
            by_card(CARD, rows),
            as_platform_json(),
            label=("year", "%Y"),
            faults=[repeated(), without("unit_code")],
        )
