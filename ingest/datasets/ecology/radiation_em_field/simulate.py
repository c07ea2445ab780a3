"""Electromagnetic survey: four points a city each quarter; fields far below GB 8702, one substation near its limit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, undated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
KINDS = {"移动通信基站": 3.1, "广播电视塔": 5.6, "变电站": 0.9, "背景点": 0.6}


def simulate(world: World) -> Iterator[Feed]:
    """A file a year, GB 18030."""
    rng = world.rng(CARD.id)
    quarters = [m for m in world.months if m.month in (2, 5, 8, 11)]
    for year in sorted({m.year for m in quarters}):
        visits = [_visit(world, rng, np.datetime64(m, "us")) for m in quarters if m.year == year]
        yield feed(
            CARD,
            f"sim_radiation_em_field_{year}.csv",
            pl.concat(visits),
            as_csv("gb18030", "\r\n"),
            label=("监测时间", "%Y-%m-%d %H:%M"),
            faults=[repeated(last=1), undated("2月30日上午")],
        )


def _visit(world: World, rng: np.random.Generator, month: np.datetime64) -> pl.DataFrame:
    codes = [city.adcode for city in ledgers.cities(world)]
    kinds = list(KINDS) * len(codes)
    region = np.repeat(codes, len(KINDS))
    count = len(kinds)
    minutes = rng.integers(0, 20 * 24 * 60, count)
    power = np.where(np.array(kinds) == "变电站", 1.0, np.nan)
    return pl.DataFrame(
        {
            "station_code": [f"EM{c}{i % len(KINDS) + 1:02d}" for i, c in enumerate(region)],
            "region_code": region.tolist(),
            "site_kind": kinds,
            "label_local": month + minutes * np.timedelta64(1, "m"),
            "rf_field_v_m": ledgers.fixed(np.array([KINDS[k] for k in kinds]) * rng.lognormal(0, 0.35, count), 2),
            "power_line_field_v_m": ledgers.fixed(power * 420 * rng.lognormal(0, 0.9, count), 1),
            "power_line_flux_ut": ledgers.fixed(power * 0.8 * rng.lognormal(0, 0.6, count), 3),
        }
    )
