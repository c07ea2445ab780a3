"""Land use of the simulated counties: built-up land grows by 1 % a year at the expense of cropland."""

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
    """One file a year."""
    rng = world.rng("resources__land_use")
    counties = ledgers.counties(world).with_columns(
        total=pl.Series(rng.integers(30_000, 250_000, ledgers.counties(world).height))
    )
    for age, year in enumerate(world.years):
        built = pl.col("total") * 0.12 * 1.01**age
        shares = {
            "garden": 0.06,
            "forest": 0.58,
            "grass": 0.01,
            "wetland": 0.015,
            "transport": 0.025,
            "water": 0.05,
            "other": 0.01,
        }
        parts = {name: (pl.col("total") * share).round(2) for name, share in shares.items()} | {"built": built.round(2)}
        rows = counties.select("region_code", area="total", label_local=pl.date(year, 1, 1), **parts).select(
            "region_code",
            "label_local",
            *(pl.col(name).alias(f"{name}_ha") for name in parts),
            area_ha="area",
            cropland_ha=(pl.col("area") - pl.sum_horizontal(*parts)).round(2),
        )
        yield feed(
            CARD,
            f"sim_land_use_{year}.csv",
            by_card(CARD, rows),
            as_csv("gb18030", "\r\n"),
            label=("年份", "%Y"),
            faults=[mistyped("built_ha"), repeated()],
        )
