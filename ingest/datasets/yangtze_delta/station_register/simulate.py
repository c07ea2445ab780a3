"""The neighbours' stations: ten of air and ten of water each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from ingest.simulate.feeds import Feed, World
from ingest.simulate.partners import PARTNERS, answer, sites, utc_text
from ingest.simulate.published import instant

KINDS = {"air": "A", "water": "W"}


def simulate(world: World) -> Iterator[Feed]:
    """One answer a province; its first station is sent twice."""
    every = pl.concat(sites(world, letter).with_columns(kind=pl.lit(kind)) for kind, letter in KINDS.items())
    updated = datetime(world.first.year, world.first.month, 1)  # noqa: DTZ001 - wall clock
    for partner in PARTNERS:
        shared = updated + partner.delay
        mine = every.filter(pl.col("source_province") == partner.code).with_columns(updated=pl.lit(updated))
        records = mine.select(
            siteCode="partner_code",
            commonCode="station_code",
            siteName="station_name",
            kind="kind",
            cityCode="region_code",
            updatedAt=utc_text(pl.col("updated")),
        )
        truth = mine.drop("updated").with_columns(
            licence=pl.lit(partner.licence), shared_at=instant(pl.lit(shared)), updated_at=instant(pl.lit(updated))
        )
        content = answer(partner, pl.concat([records, records.head(1)]), shared, world.first)
        yield Feed(
            f"sim_delta_station_register_{partner.code}.json", content, truth, duplicates={"duplicate_identical": 1}
        )
