"""CO2 of the simulated cities in CEADs' form, from the same economy as the yearbook."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate.economy import accounts
from ingest.simulate.feeds import Feed, World
from ingest.simulate.places import PROVINCE
from ingest.simulate.published import by_card, feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One workbook for all years."""
    names = {c.adcode: PROVINCE + c.name for c in world.cities}
    rows = accounts(world).select(
        city_name=pl.col("region_code").replace_strict(names),
        region_code="region_code",
        co2_mt="co2_mt",
        label_local=pl.date("year", 1, 1),
    )
    yield feed(
        CARD,
        "sim_ceads_city_co2.xlsx",
        by_card(CARD, rows),
        as_workbook("emission vector"),
        label=("year", "%Y"),
        faults=[without("city_name")],
    )
