"""The simulated noise points: four a city, one in each of the zones 1, 2, 3 and 4a; points are fictional."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
ZONES = {"1": "居住文教区", "2": "商住混杂区", "3": "工业区", "4a": "交通干线旁"}


def points(world: World) -> pl.DataFrame:
    """Code, region, zone class of the points of a run; codes do not depend on the scale."""
    cities = pl.DataFrame({"region_code": ledgers.city_codes(world), "city": [c.name for c in world.cities]})
    zones = pl.DataFrame({"zone_class": list(ZONES), "zone": list(ZONES.values()), "number": range(1, len(ZONES) + 1)})
    table = cities.join(zones.head(world.some(len(ZONES))), how="cross", maintain_order="left_right")
    return table.with_columns(
        station_code=pl.format("NZ{}{}", "region_code", pl.col("number").cast(pl.String).str.zfill(2)),
        station_name=pl.format("{}模拟{}点", "city", "zone"),
    )


def simulate(world: World) -> Iterator[Feed]:
    """One list; a point being moved has no coordinates, one has a mistyped code, one is listed twice."""
    rng = world.rng(CARD.id)
    table = points(world)
    site = np.array([c.sites[0] for c in world.cities]).repeat(table.height // len(world.cities), axis=0)
    site = site + rng.uniform(-0.03, 0.03, site.shape)
    moving = pl.Series(np.arange(table.height) == 5)
    rows = table.select(
        "station_code",
        "station_name",
        "region_code",
        "zone_class",
        lon_deg=ledgers.fixed(site[:, 0], 6).set(moving, None),
        lat_deg=ledgers.fixed(site[:, 1], 6).set(moving, None),
        opened_on=pl.lit(date(2023, 1, 1)) + pl.duration(days=pl.int_range(pl.len()) % 300),
        status=pl.lit("在用"),
    ).with_columns(status=pl.when(moving).then(pl.lit("调整中")).otherwise("status"))
    faults = [repeated(last=1), broken("bad_station_code", "station_code", "NZ3301")]
    yield feed(CARD, "sim_noise_point_register_2026.csv", rows, as_csv(), faults=faults)
