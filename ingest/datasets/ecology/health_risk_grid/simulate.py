"""Health risk of 3 km cells: people, what they breathe, drink and live on; cells without inhabitants are empty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
CELLS = 400
GRADES = ["低", "较低", "中", "较高", "高"]
EDGES = (18, 26, 34, 42)


def simulate(world: World) -> Iterator[Feed]:
    """A file a year."""
    rng = world.rng(CARD.id)
    count = max(10, world.some(CELLS))
    number = np.arange(count)
    places = ledgers.some_rows(rng, ledgers.counties(world), count)
    people = np.where(rng.random(count) < 0.12, 0, rng.lognormal(6.6, 1.4, count)).round()
    lived = np.where(people > 0, 1.0, np.nan)
    air, water, soil = (rng.beta(3, 6, count) * 80 for _ in range(3))
    for year in world.years[-2:]:
        air = air * 0.97
        score = 0.5 * air + 0.3 * water + 0.2 * soil
        grade = pl.Series(np.array(GRADES, dtype=object)[np.digitize(score, EDGES)].tolist())
        rows = places.select(
            cell_code=pl.Series([f"G{n // 20:04d}-{n % 20:04d}" for n in number]),
            region_code="region_code",
            population=ledgers.fixed(people, 0).cast(pl.Int64),
            pm25_exposure_ug_m3=ledgers.fixed((18 + 0.35 * air) * lived, 1),
            air_index=ledgers.fixed(air * lived, 1),
            water_index=ledgers.fixed(water * lived, 1),
            soil_index=ledgers.fixed(soil * lived, 1),
            grade=grade.set(pl.Series(people == 0), None),
            label_local=pl.lit(np.datetime64(f"{year}-01-01", "us")),
        )
        yield feed(
            CARD,
            f"sim_health_risk_grid_{year}.csv",
            rows,
            as_csv(),
            label=("年度", "%Y年"),
            faults=[repeated(last=1), broken("bad_cell_code", "cell_code", "G1-1")],
        )
