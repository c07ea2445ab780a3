"""Green low-carbon industrial parks, published evenly through the period."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """The whole register."""
    rng = world.rng("resources__green_parks")
    firms = ledgers.awarded(world, 38, ("工业园区",))
    rows = firms.with_columns(
        area_km2=pl.Series(rng.uniform(2, 60, firms.height).round(2)),
        renewable_pct=pl.Series(rng.uniform(5, 45, firms.height).round(1)),
        reused_water_pct=pl.Series(rng.uniform(10, 60, firms.height).round(1)),
    )
    yield feed(
        CARD,
        "sim_green_parks.xlsx",
        by_card(CARD, rows),
        as_workbook("名单", "绿色低碳工业园区名单"),
        label=("公布日期", "%Y-%m-%d"),
        faults=[repeated(), undated()],
    )
