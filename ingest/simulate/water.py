"""The simulated waters: sections of the province's rivers and reservoirs, and how their quality runs through the years.

One truth for all feeds that speak of them: automatic stations, manual sampling, register. Section names say that no
such section exists. Coefficients are plausible for Zhejiang (most sections class II-III, plains rivers worse), not
fitted; every city's loads fall by 4 % a year, Wenzhou's rise by 2 %. Does not belong here: any provider's format.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ingest.simulate.feeds import World
from ingest.simulate.items import Floats
from ingest.simulate.long_tables import Instants, clock, noise, number_text, season, years_since
from ingest.simulate.places import ORDINALS

RIVER, LAKE = "河流", "湖库"
PLACES_PER_CITY = 4  # the last one a reservoir
TAIHU = ("330400", "330500")
# Loads against the province's mean, by city: plains with slow rivers have more, forest headwaters less.
LOADS = {"330100": 0.95, "330200": 1.2, "330300": 1.15, "330400": 1.7, "330500": 1.2, "330600": 1.1, "330700": 1.05,
         "330800": 0.7, "330900": 1.1, "331000": 1.1, "331100": 0.5}  # fmt: skip
RISING = {"330300": 0.02}
FALLING = -0.04
RIVERS = {
    "330100": "钱塘江",
    "330200": "甬江",
    "330300": "瓯江",
    "330400": "京杭运河",
    "330500": "苕溪",
    "330600": "曹娥江",
    "330700": "金华江",
    "330800": "衢江",
    "330900": "临城河",
    "331000": "椒江",
    "331100": "大溪",
}


@dataclass(frozen=True)
class Course:
    """How an item runs: median in rivers and in reservoirs, how strongly it follows the load, season, noise, print."""

    river: float
    lake: float
    load: float
    amplitude: float
    peak_day: float
    sigma: float
    digits: int


COURSES = {
    "conductivity_us_cm": Course(260, 90, 0.6, 0.10, 20, 0.10, 1),
    "turbidity_ntu": Course(22, 4, 0.5, 0.25, 175, 0.45, 1),
    "codmn_mg_l": Course(3.1, 1.8, 0.6, 0.12, 200, 0.16, 2),
    "cod_mg_l": Course(12.5, 9.0, 0.5, 0.10, 200, 0.16, 1),
    "bod5_mg_l": Course(1.9, 1.3, 0.6, 0.08, 30, 0.20, 1),
    "nh3n_mg_l": Course(0.22, 0.06, 1.1, 0.35, 25, 0.38, 3),
    "tp_mg_l": Course(0.085, 0.016, 0.9, 0.12, 185, 0.24, 3),
    "tn_mg_l": Course(2.1, 0.95, 0.6, 0.20, 40, 0.15, 2),
    "chlorophyll_a_mg_l": Course(0.006, 0.006, 0.6, 0.8, 215, 0.45, 3),
    "algae_density_cells_l": Course(1.2e6, 1.5e6, 0.7, 1.1, 215, 0.5, 0),
    "copper_mg_l": Course(0.002, 0.001, 0.3, 0, 0, 0.3, 4),
    "zinc_mg_l": Course(0.008, 0.005, 0.3, 0, 0, 0.3, 4),
    "fluoride_mg_l": Course(0.28, 0.15, 0.4, 0, 0, 0.15, 2),
    "selenium_mg_l": Course(0.0003, 0.0002, 0, 0, 0, 0.3, 4),
    "arsenic_mg_l": Course(0.0012, 0.0008, 0.2, 0, 0, 0.25, 4),
    "mercury_mg_l": Course(0.00002, 0.00001, 0.2, 0, 0, 0.4, 5),
    "cadmium_mg_l": Course(0.00004, 0.00002, 0.2, 0, 0, 0.4, 5),
    "chromium6_mg_l": Course(0.002, 0.001, 0.2, 0, 0, 0.3, 3),
    "lead_mg_l": Course(0.0005, 0.0002, 0.2, 0, 0, 0.4, 5),
    "cyanide_mg_l": Course(0.0006, 0.0004, 0.2, 0, 0, 0.3, 3),
    "volatile_phenol_mg_l": Course(0.0004, 0.0002, 0.3, 0, 0, 0.4, 4),
    "petroleum_mg_l": Course(0.012, 0.006, 0.6, 0, 0, 0.4, 2),
    "las_mg_l": Course(0.03, 0.015, 0.5, 0, 0, 0.3, 2),
    "sulfide_mg_l": Course(0.004, 0.002, 0.4, 0, 0, 0.4, 3),
    "fecal_coliform_count_l": Course(2500, 120, 1.2, 0.5, 200, 0.7, 0),
    "sulfate_mg_l": Course(24, 9, 0.3, 0, 0, 0.15, 1),
    "chloride_mg_l": Course(15, 5, 0.4, 0, 0, 0.15, 1),
    "nitrate_n_mg_l": Course(1.5, 0.7, 0.5, 0.15, 40, 0.15, 2),
    "iron_mg_l": Course(0.06, 0.03, 0.3, 0, 0, 0.4, 2),
    "manganese_mg_l": Course(0.02, 0.012, 0.3, 0.2, 215, 0.5, 3),
}
# Limits of GB 3838-2002 for the five items that the live platform's class is made from (TN is left out).
CLASS_LIMITS = {
    "codmn_mg_l": (2, 4, 6, 10, 15),
    "nh3n_mg_l": (0.15, 0.5, 1.0, 1.5, 2.0),
    "tp_mg_l": (0.02, 0.1, 0.2, 0.3, 0.4),
}
TP_LAKE = (0.01, 0.025, 0.05, 0.1, 0.2)
DO_LIMITS = (7.5, 6, 5, 3, 2)


def sections(world: World) -> pl.DataFrame:
    """The register's columns, a row a section: in each city rivers, and a reservoir as the last of four."""
    rows = []
    for city in world.cities:
        for place in range(world.some(PLACES_PER_CITY)):
            kind = LAKE if place == PLACES_PER_CITY - 1 else RIVER
            basin = "太湖流域" if city.adcode in TAIHU else "浙闽片河流"
            name = f"{city.name}模拟{'水库' if kind == LAKE else '断面'}{ORDINALS[place]}"
            lon, lat = city.sites[place % len(city.sites)]
            load = LOADS[city.adcode] * (0.75, 1.0, 1.35, 0.8)[place]
            rows.append(
                (f"浙江省|{basin}|{name}", name, basin, RIVERS[city.adcode], kind, city.name + "市", city.adcode,
                 ("国控", "国控", "省控", "省控")[place], ("Ⅱ", "Ⅲ", "Ⅲ", "Ⅱ")[place], lon, lat, load)
            )  # fmt: skip
    names = ["station_code", "section_name", "basin", "river_name", "water_body_type", "city_name", "region_code",
             "control_level", "target_class", "lon_deg", "lat_deg", "load"]  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def quality(
    world: World, purpose: str, places: pl.DataFrame, times: Instants, memory_steps: float
) -> dict[str, Floats]:
    """Items ``[time, place]``: temperature, pH and oxygen from season and clock, the others by their courses."""
    count = places.height
    is_lake = (places["water_body_type"] == LAKE).to_numpy()[None, :]
    load = places["load"].to_numpy()[None, :]
    trend = np.array([[RISING.get(code, FALLING) for code in places["region_code"]]])
    load = load * np.exp(trend * years_since(times, world.first))

    def unit(item: str) -> Floats:
        return noise(world.rng(f"{purpose}.{item}"), times, count, memory_steps)

    temperature = 18.5 + 9.5 * season(times, 215) + 0.6 * clock(times, 16) + 0.9 * unit("temperature")
    saturation = 14.62 - 0.3898 * temperature + 0.006969 * temperature**2 - 5.897e-5 * temperature**3
    share = np.clip(0.99 - 0.07 * load + 0.05 * clock(times, 16) + 0.05 * unit("oxygen"), 0.15, 1.4)
    found = {
        "water_temperature_degc": temperature,
        "ph": np.clip(7.65 + 0.10 * clock(times, 16) + 0.16 * unit("ph"), 6.2, 9.4),
        "dissolved_oxygen_mg_l": saturation * share,
    }
    for item, course in COURSES.items():
        median = np.where(is_lake, course.lake, course.river)
        seasonal = course.amplitude * season(times, course.peak_day)
        found[item] = median * load**course.load * np.exp(seasonal + course.sigma * unit(item))
    return found


def digits(item: str) -> int:
    """Decimals an item is published with."""
    own = {"water_temperature_degc": 1, "ph": 2, "dissolved_oxygen_mg_l": 2}
    return own[item] if item in own else COURSES[item].digits


def printed(values: dict[str, Floats], items: list[str]) -> pl.DataFrame:
    """Chosen items as number text, a row per time and place."""
    return pl.DataFrame({item: number_text(values[item], digits(item)) for item in items})


def water_class(values: dict[str, Floats], places: pl.DataFrame) -> Floats:
    """Class 1-6 (6 = worse than V) of the published numbers: the worst of pH, oxygen, CODMn, NH3-N and TP."""
    rounded = {item: np.round(values[item], digits(item)) for item in ("ph", "dissolved_oxygen_mg_l", *CLASS_LIMITS)}
    is_lake = (places["water_body_type"] == LAKE).to_numpy()[None, :]
    worst = np.where((rounded["ph"] < 6) | (rounded["ph"] > 9), 6, 1)
    oxygen = 1 + sum(rounded["dissolved_oxygen_mg_l"] < limit for limit in DO_LIMITS)
    for item, limits in CLASS_LIMITS.items():
        own = np.stack(
            [
                np.where(is_lake, lake, river)
                for river, lake in zip(limits, TP_LAKE if item == "tp_mg_l" else limits, strict=True)
            ]
        )
        worst = np.maximum(worst, 1 + (rounded[item][None] > own).sum(axis=0))
    return np.asarray(np.maximum(worst, oxygen), dtype=np.float64)
