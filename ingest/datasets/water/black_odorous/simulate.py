"""Simulated inspections of urban waters: quarterly; most clear for good, a few under treatment and black."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.long_tables import number_text
from ingest.simulate.published import by_card, feed, repeated, undated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_CITY = 4
INSPECTION_DAY = 15
STAGES = ("长制久清", "长制久清", "治理完成", "治理中")


def simulate(world: World) -> Iterator[Feed]:
    """A file a quarter."""
    register = _register(world)
    rng = world.rng("black_odorous")
    for month in (m for m in world.months if m.month % 3 == 2):
        dirt = np.where(register["stage"] == "治理中", 3.0, np.where(register["stage"] == "治理完成", 1.3, 0.8))
        noise = np.exp(0.25 * rng.standard_normal((4, register.height)))
        found = {
            "transparency_cm": (60 / dirt * noise[0], 0),
            "redox_potential_mv": (190 / dirt * noise[1], 0),
            "dissolved_oxygen_mg_l": (6.2 / dirt * noise[2], 2),
            "nh3n_mg_l": (1.6 * dirt**1.5 * noise[3], 2),
        }
        rows = register.with_columns(
            pl.lit(month.replace(day=INSPECTION_DAY)).alias("label_local"),
            **{name: number_text(values[None], after) for name, (values, after) in found.items()},
        )
        odour = pl.when(pl.col("nh3n_mg_l").cast(pl.Float64) > 8).then(pl.lit("有")).otherwise(pl.lit("无"))
        rows = rows.with_columns(
            is_odorous=odour,
            redox_potential_mv=pl.when(pl.int_range(pl.len()) != 2).then("redox_potential_mv"),
        )
        yield feed(
            CARD,
            f"sim_black_odorous_{month:%Y%m}.csv",
            by_card(CARD, rows),
            as_csv(line_end="\r\n"),
            label=("巡查日期", "%Y-%m-%d"),
            blank="/",
            faults=[repeated(), undated()],
        )


def _register(world: World) -> pl.DataFrame:
    rows = [
        (
            f"HC{city.adcode}{n + 1:02}",
            f"{city.name}模拟河道{n + 1}号",
            city.adcode,
            f"{1.2 + 0.7 * n:.1f}",
            STAGES[-1 - n],
            date(2016 + 2 * n, 6, 30),
        )
        for city in world.cities
        for n in range(world.some(PER_CITY))
    ]
    names = ["water_body_code", "water_body_name", "region_code", "length_km", "stage", "listed_on"]
    return pl.DataFrame(rows, schema=names, orient="row")
