"""Simulated nearshore surveys: six points before each coastal city, in May, August and October of every year.

Nitrogen and phosphorus come with the Changjiang and Qiantang: worst in Hangzhou Bay, better to the south and offshore.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.lab_sheets import sheet
from ingest.simulate.long_tables import grid, instants, number_text, years_since
from ingest.simulate.water import COURSES

POINTS = 7
SEASONS = {5: "春季", 8: "夏季", 10: "秋季"}
SAMPLING_DAY = 12
HEAD = ["点位编码", "海域", "行政区划代码", "监测期", "经度", "纬度", "采样日期"]
FALLING = -0.06  # nutrients a year, since the campaign for Hangzhou Bay
METALS = (
    *("mercury_mg_l", "cadmium_mg_l", "lead_mg_l", "chromium6_mg_l", "arsenic_mg_l", "copper_mg_l", "zinc_mg_l"),
    *("selenium_mg_l", "cyanide_mg_l", "sulfide_mg_l", "volatile_phenol_mg_l", "petroleum_mg_l", "las_mg_l"),
)
MEDIANS = {"chromium_total_mg_l": (0.0008, 4), "nickel_mg_l": (0.0009, 4), "nonionic_ammonia_mg_l": (0.002, 4)}


@dataclass(frozen=True)
class Coast:
    """Waters of a city: name, letter of its point codes, where the first point lies, nutrients against the mean."""

    region_code: str
    area: str
    letter: str
    lon: float
    lat: float
    nutrients: float


COASTS = (
    Coast("330400", "杭州湾", "H", 121.10, 30.55, 2.2),
    Coast("330200", "宁波近岸海域", "N", 121.95, 29.75, 1.2),
    Coast("330900", "舟山近岸海域", "Z", 122.40, 30.05, 1.0),
    Coast("331000", "台州近岸海域", "T", 121.75, 28.55, 0.65),
    Coast("330300", "温州近岸海域", "W", 121.20, 27.75, 0.6),
    Coast("330600", "杭州湾南岸", "S", 120.85, 30.25, 2.0),
)


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a survey."""
    card = card_beside(__file__)
    places = _points(world)
    surveys = [month for month in world.months if month.month in SEASONS]
    surveys = surveys or [date(world.first.year - 1, max(SEASONS), 1)]  # a short winter: the survey before it
    for survey in surveys:
        day = survey.replace(day=SAMPLING_DAY)
        table = grid(instants([day]), places).hstack(_results(world, places, day.isoformat()))
        table = table.with_columns(
            pl.lit(SEASONS[survey.month]).alias("season"),
            pl.col("station_code").alias("点位编码"),
            pl.col("sea_area").alias("海域"),
            pl.col("region_code").alias("行政区划代码"),
            pl.lit(SEASONS[survey.month]).alias("监测期"),
            pl.col("lon_deg").alias("经度"),
            pl.col("lat_deg").alias("纬度"),
            pl.lit(f"{day:%Y-%m-%d}").alias("采样日期"),
        )
        title = f"浙江省近岸海域水质监测结果（{survey.year}年{SEASONS[survey.month]}）"
        yield sheet(card, f"sim_sea_point_seasonal_{survey:%Y%m}.xlsx", title, table, HEAD)


def _points(world: World) -> pl.DataFrame:
    """Points of each coast on a line out to sea; ``load`` falls with the distance."""
    rows = [
        (f"ZJ{coast.letter}{place + 1:04}", coast.area, coast.region_code, f"{coast.lon + 0.12 * place:.4f}",
         f"{coast.lat + 0.03 * place:.4f}", coast.nutrients * float(np.exp(-0.28 * place)))
        for coast in COASTS
        for place in range(world.some(POINTS))
    ]  # fmt: skip
    names = ["station_code", "sea_area", "region_code", "lon_deg", "lat_deg", "load"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _results(world: World, places: pl.DataFrame, day: str) -> pl.DataFrame:
    rng = world.rng(f"sea_point_seasonal.{day}")
    time = np.array([day], dtype="M8[D]")
    load = places["load"].to_numpy() * np.exp(FALLING * years_since(time, world.first)[0, 0])
    summer = float(np.cos(2 * np.pi * (int(day[5:7]) - 8) / 12))
    noise = rng.standard_normal((40, places.height))
    salinity = np.clip(31 - 7 * load + 0.8 * noise[0], 4, 35)
    temperature = 20 + 7.5 * summer + 0.7 * noise[1]
    found = {
        "water_temperature_degc": (temperature, 1),
        "salinity_psu": (salinity, 2),
        "ph": (8.08 - 0.06 * load + 0.05 * noise[2], 2),
        "dissolved_oxygen_mg_l": (
            14.2 - 0.36 * temperature + 0.006 * temperature**2 - 0.045 * salinity + 0.35 * noise[3],
            2,
        ),
        "cod_alkaline_mg_l": (0.85 * load**0.5 * np.exp(0.2 * noise[4]), 2),
        "bod5_mg_l": (0.7 * load**0.4 * np.exp(0.2 * noise[5]), 2),
        "din_mg_l": (0.42 * load * np.exp(-0.18 * summer + 0.2 * noise[6]), 3),
        "dip_mg_l": (0.021 * load**0.8 * np.exp(0.25 * noise[7]), 4),
        "fecal_coliform_count_l": (90 * load * np.exp(0.8 * noise[8]), 0),
        "chlorophyll_a_ug_l": (2.4 * np.exp(0.5 * summer + 0.5 * noise[9]), 1),
    }
    found |= {
        item: (median * np.exp(0.3 * noise[10 + n]), places_)
        for n, (item, (median, places_)) in enumerate(MEDIANS.items())
    }
    found |= {
        item: (COURSES[item].river * np.exp(0.3 * noise[15 + n]), COURSES[item].digits) for n, item in enumerate(METALS)
    }
    return pl.DataFrame({item: number_text(values[None], after) for item, (values, after) in found.items()})
