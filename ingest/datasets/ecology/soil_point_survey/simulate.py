"""Soil points: county backgrounds, a handful of polluted plots, contents that follow pH and land use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
POINTS = 180
USES = {"水田": 5, "旱地": 3, "园地": 2, "第一类用地": 3, "第二类用地": 4}
BUILDING_LAND = ["第一类用地", "第二类用地"]
# Typical contents in mg/kg (background of the province's soils), and how widely they scatter.
METALS = {"cd": (0.14, 0.55), "hg": (0.12, 0.6), "as": (7.5, 0.4), "pb": (31.0, 0.3), "cr": (58.0, 0.35),
          "cu": (27.0, 0.35), "ni": (24.0, 0.35), "zn": (92.0, 0.3)}  # fmt: skip
POLLUTED_EVERY = 23  # one point in so many lies beside an old plating or battery works


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a year; the points stay the same, contents hardly move."""
    rng = world.rng(CARD.id)
    count = max(6, world.some(POINTS))
    places = ledgers.some_rows(rng, ledgers.counties(world), count)
    use = ledgers.pick(rng, list(USES), count, list(USES.values()))
    building = use.is_in(BUILDING_LAND)
    polluted = np.where(np.arange(count) % POLLUTED_EVERY == 4, 6.0, 1.0)
    base = {metal: mean * rng.lognormal(0, spread, count) * polluted for metal, (mean, spread) in METALS.items()}
    acidity = rng.normal(6.1, 0.8, count)
    for year in world.years[-2:]:
        day = rng.integers(60, 300, count)
        rows = places.select(
            station_code=pl.format(
                "TR{}{}", pl.col("region_code").str.slice(0, 4), pl.int_range(1, count + 1).cast(pl.String).str.zfill(4)
            ),
            region_code="region_code",
            land_use=use,
            depth_cm=pl.lit("0-20"),
            label_local=pl.Series(np.datetime64(f"{year}-01-01", "us") + day * np.timedelta64(1, "D")),
            soil_ph=ledgers.fixed(acidity + rng.normal(0, 0.05, count), 2),
            soil_organic_g_kg=ledgers.fixed(28 * rng.lognormal(0, 0.3, count), 1),
            soil_cr6_mg_kg=ledgers.fixed(
                np.where(building.to_numpy(), 0.6 * polluted * rng.lognormal(0, 0.4, count), np.nan), 2
            ),
            **{f"soil_{m}_mg_kg": ledgers.fixed(base[m] * rng.lognormal(0, 0.04, count), 3) for m in METALS},
        ).with_columns(
            soil_cr6_mg_kg=pl.when(building & (pl.int_range(count) % 9 == 0))
            .then(pl.lit("未检出"))
            .otherwise("soil_cr6_mg_kg")
        )
        yield feed(
            CARD,
            f"sim_soil_point_survey_{year}.xlsx",
            rows,
            as_workbook(
                "监测结果", f"{year}年土壤环境质量点位监测结果（重金属单位：mg/kg，有机质：g/kg）", header="merged"
            ),
            label=("采样日期", "%Y-%m-%d"),
            faults=[repeated(last=1), broken("unknown_land_use", "land_use", "林地？")],
        )
