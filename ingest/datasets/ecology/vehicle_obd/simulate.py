"""Heavy diesel vehicles on line: distance, NOx that rises when the urea tank is empty, days off line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
VEHICLES, DAYS = 120, 30


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a day; where the level is not available J1939's 255 stands."""
    rng = world.rng(CARD.id)
    count = world.some(VEHICLES)
    codes = ledgers.city_codes(world)
    fleet = pl.DataFrame({"number": range(1, count + 1)}).select(
        vehicle_code=pl.format("OBD{}", pl.col("number").cast(pl.String).str.zfill(6)),
        region_code=pl.Series([codes[n % len(codes)] for n in range(count)]),
    )
    for day in world.last_days(DAYS):
        off = rng.random(count) < 0.08
        urea = np.clip(rng.normal(55, 25, count), 0, 100)
        distance = rng.gamma(3, 90, count)
        nothing = np.where(off, np.nan, 0.0)
        fault = pl.Series(~off & (urea < 6))
        rows = fleet.with_columns(
            distance_km=ledgers.fixed(distance + nothing, 1),
            nox_mean_ppm=ledgers.fixed(np.where(urea < 6, 620, 95) * rng.lognormal(0, 0.4, count) + nothing, 0),
            urea_level_pct=ledgers.fixed(urea + nothing, 0).set(pl.Series(~off & (np.arange(count) % 29 == 7)), "255"),
            engine_hours_h=ledgers.fixed(np.minimum(23.5, distance / 42) + nothing, 1),
            fault_codes=pl.when(fault).then(pl.lit("P203F")),
            link_state=pl.when(pl.Series(off)).then(pl.lit("离线")).otherwise(pl.lit("在线")),
            label_local=pl.lit(np.datetime64(day, "us")),
        )
        yield feed(
            CARD,
            f"sim_vehicle_obd_{day:%Y%m%d}.json",
            rows,
            as_json(),
            label=("day", "%Y%m%d"),
            faults=[repeated(last=1), broken("bad_vehicle_code", "vehicle_code", "浙A12345")],
        )
