"""Drone sorties and mobile runs: distance and time of each platform, TVOC on one purpose, some cancelled by weather."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, broken, feed, repeated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
PER_YEAR = 350
# Purpose → platform, typical km, typical minutes.
PURPOSES = {
    "VOCs走航": ("走航车", 62, 210), "扬尘巡查": ("无人机", 11, 34), "入河排污口排查": ("无人船", 9, 95),
    "自然保护地巡护": ("无人机", 16, 41), "应急监测": ("走航车", 38, 150),
}  # fmt: skip


def simulate(world: World) -> Iterator[Feed]:
    """An answer of the API a year."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (7, 18))
    purpose = ledgers.pick(rng, list(PURPOSES), count, [40, 25, 15, 15, 5])
    status = ledgers.pick(rng, ["完成", "中断", "取消"], count, [90, 4, 6])
    flown = np.where((status == "取消").to_numpy(), np.nan, 1.0)
    km, minutes = (np.array([PURPOSES[p][i] for p in purpose]) * rng.lognormal(0, 0.25, count) * flown for i in (1, 2))
    tvoc = np.where((purpose == "VOCs走航").to_numpy(), rng.lognormal(6.2, 0.8, count), np.nan) * flown
    table = pl.select(
        sortie_code=ledgers.serials("FX", at),
        platform=pl.Series([PURPOSES[p][0] for p in purpose]),
        region_code=ledgers.pick(rng, ledgers.city_codes(world), count),
        purpose=purpose,
        duration_min=ledgers.fixed(minutes, 0),
        distance_km=ledgers.fixed(km, 1),
        peak_tvoc_ug_m3=ledgers.fixed(tvoc, 0),
        problems=ledgers.fixed(rng.poisson(0.7, count) * flown, 0).cast(pl.Int64),
        status=status,
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_uav_sorties_{year}.json",
            rows,
            as_json(),
            label=("startTime", MOMENT),
            faults=[repeated(last=1), broken("unknown_platform", "platform", "直升机")],
        )
