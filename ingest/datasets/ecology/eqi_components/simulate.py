"""EQI components: mountains green, plains dense with water, coasts under pressure; a slow rise over the years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.items import Floats
from ingest.simulate.published import feed, without
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
# How green a city's counties are (0 plain, 1 mountain); cities with a coast.
GREEN = {"330100": 0.65, "330200": 0.5, "330300": 0.7, "330400": 0.05, "330500": 0.45, "330600": 0.5, "330700": 0.65,
         "330800": 0.8, "330900": 0.45, "331000": 0.65, "331100": 1.0}  # fmt: skip
COASTAL = ("330200", "330300", "330400", "330900", "331000")
# Component → level in the plain, gain in the mountains, scatter.
LAND = {
    "eco_land_ratio": (32, 55, 6), "redline_ratio": (18, 45, 8), "habitat_quality": (38, 42, 5),
    "connectivity": (35, 40, 7), "vegetation_cover": (55, 38, 4), "water_density": (72, -25, 8),
    "key_function": (50, 30, 7), "urban_green": (60, 6, 6), "park_access": (66, 2, 8),
    "protected_species": (48, 32, 8), "indicator_groups": (52, 22, 8), "native_share": (55, 25, 7),
    "land_disturbance": (46, -30, 6), "natural_disaster": (9, 6, 4),
}  # fmt: skip
MARINE = {"coast_retention": (48, 8, 9), "sea_development": (32, -6, 7)}
WEIGHTS = {"pattern": 0.36, "function": 0.35, "diversity": 0.19, "stress": 0.10}
PARTS = {
    "pattern": ("eco_land_ratio", "redline_ratio", "habitat_quality", "connectivity"),
    "function": ("vegetation_cover", "water_density", "key_function", "urban_green", "park_access"),
    "diversity": ("protected_species", "indicator_groups", "native_share"),
    "stress": ("land_disturbance", "natural_disaster"),
}


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a year; the published EQI is that of the land components, equal weights within a dimension."""
    rng = world.rng(CARD.id)
    places = ledgers.counties(world)
    count = places.height
    green = np.clip(
        places["city_code"].replace_strict(GREEN, return_dtype=pl.Float64).to_numpy() + rng.normal(0, 0.12, count), 0, 1
    )
    coast = places["city_code"].is_in(COASTAL).to_numpy()
    base: dict[str, Floats] = {
        name: low + gain * green + rng.normal(0, s, count) for name, (low, gain, s) in (LAND | MARINE).items()
    }
    for number, year in enumerate(world.years):
        values = {
            n: np.asarray(np.round(np.clip(v + 0.4 * number + rng.normal(0, 0.5, count), 0, 100), 2), dtype=np.float64)
            for n, v in base.items()
        }
        shown = {n: np.where(coast, v, np.nan) if n in MARINE else v for n, v in values.items()}
        rows = places.select(
            "region_code",
            "region_name",
            **{n: ledgers.fixed(v, 2) for n, v in shown.items()},
            eqi_published=ledgers.fixed(_index(values), 2),
            label_local=pl.lit(np.datetime64(f"{year}-01-01", "us")),
        )
        order = [c.name for c in CARD.columns]
        yield feed(
            CARD,
            f"sim_eqi_components_{year}.xlsx",
            rows.select(*order, "label_local"),
            as_workbook("县域", f"浙江省{year}年县域生态质量指数分项", header="merged"),
            label=("年度", "%Y"),
            faults=[without("region_code")],
        )


def _index(values: Mapping[str, Floats]) -> Floats:
    """EQI by document 99 of 2021: stress counts downwards."""
    part = {name: np.mean([values[c] for c in members], axis=0) for name, members in PARTS.items()}
    part["stress"] = 100 - part["stress"]
    return np.asarray(sum(WEIGHTS[name] * score for name, score in part.items()))
