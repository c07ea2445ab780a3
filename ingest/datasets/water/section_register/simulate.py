"""Simulated register of sections: the list as exported, one section twice, one without its region."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import published
from ingest.simulate.feeds import Feed, World
from ingest.simulate.water import sections


def simulate(world: World) -> Iterator[Feed]:
    """All sections in one file."""
    rows = sections(world).with_columns(pl.col("lon_deg", "lat_deg").cast(pl.String))
    yield published.feed(
        card_beside(__file__), "sim_section_register.csv", rows, published.as_csv(), repeated=1, unkeyed=1
    )
