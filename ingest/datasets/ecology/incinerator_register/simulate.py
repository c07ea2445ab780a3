"""Incinerators: one or two a city; all that run have installed, displayed and connected, one is being built."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One list; a plant stands twice."""
    rng = world.rng(CARD.id)
    count = len(world.cities)
    codes = pl.Series(ledgers.city_codes(world))
    built = pl.Series(np.arange(count) == 6)
    installed = ledgers.days_after(pl.Series([date(2020, 3, 1)] * count), rng.integers(0, 900, count))
    furnaces = rng.integers(2, 5, count)
    rows = pl.select(
        plant_code=pl.format("FS{}0", codes.str.slice(0, 4)),
        plant_name=pl.format("{}模拟生活垃圾焚烧厂", pl.Series([c.name for c in world.cities])),
        region_code=codes,
        furnaces=pl.Series(furnaces),
        capacity_t_d=ledgers.fixed(furnaces * 600.0, 0),
        installed_on=installed.set(built, None),
        displayed_on=installed.dt.offset_by("20d").set(built, None),
        connected_on=installed.dt.offset_by("45d").set(built, None),
    )
    yield feed(
        CARD, "sim_incinerator_register_2026.csv", rows, as_csv(), faults=[repeated(last=1), without("plant_name")]
    )
