"""The hourly weather that several feeds publish: the same simulated weather as the air's, as text in usual units.

Does not belong here: the weather itself (``weather``), any provider's format.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from ingest.simulate.feeds import World
from ingest.simulate.items import Floats
from ingest.simulate.places import CITIES
from ingest.simulate.timeline import HOURS_PER_DAY, Timeline
from ingest.simulate.weather import simulate_weather

# What the pressure of the simulated stations is reduced by: their usual height of 20 m.
STATION_TO_SEA_HPA = 2.4
DIGITS = {"air_temperature_degc": 1, "dew_point_degc": 1, "relative_humidity_pct": 0, "sea_level_pressure_hpa": 1,
          "surface_pressure_hpa": 1, "precipitation_1h_mm": 1, "cloud_cover_pct": 0, "wind_speed_m_s": 1,
          "wind_direction_deg": 0, "wind_gust_m_s": 1, "shortwave_radiation_w_m2": 0,
          "boundary_layer_height_m": 0}  # fmt: skip


@lru_cache(maxsize=2)
def _fields(seed: int, first: date, last: date) -> dict[str, Floats]:
    timeline = Timeline(first, last)
    weather = simulate_weather(timeline, seed)
    temperature, humidity = weather.temperature_degc, weather.humidity_percent
    vapour = np.log(humidity / 100) + 17.625 * temperature / (243.04 + temperature)  # Magnus
    surface = weather.pressure_pa / 100
    sun = np.broadcast_to(weather.sun_height, temperature.shape)
    found = {
        "air_temperature_degc": temperature,
        "dew_point_degc": 243.04 * vapour / (17.625 - vapour),
        "relative_humidity_pct": humidity,
        "sea_level_pressure_hpa": surface + STATION_TO_SEA_HPA,
        "surface_pressure_hpa": surface,
        "precipitation_1h_mm": weather.rain_mm,
        "cloud_cover_pct": np.clip(100 * (0.95 - 0.9 * (weather.clearness + 0.4)), 0, 100),
        "wind_speed_m_s": weather.wind_speed_m_s,
        "wind_direction_deg": np.mod(weather.wind_from_deg, 360),
        "wind_gust_m_s": 1.75 * weather.wind_speed_m_s,
        "shortwave_radiation_w_m2": 950 * sun * (0.25 + 0.75 * np.clip(weather.clearness + 0.4, 0, 1)),
        "boundary_layer_height_m": 450 * np.exp(weather.log_mixing) * (1 + 1.6 * sun),
    }
    return {name: values[HOURS_PER_DAY:] for name, values in found.items()}


def hourly(world: World, days: list[date]) -> dict[str, Floats]:
    """Fields ``[hour, city]`` of whole local days; hour 0 is 00:00-01:00 of the first."""
    fields = _fields(world.seed, world.first, world.last)
    begin = (days[0] - world.first).days * HOURS_PER_DAY
    return {name: values[begin : begin + len(days) * HOURS_PER_DAY] for name, values in fields.items()}


def daily(world: World) -> pl.DataFrame:
    """City and day: highest, lowest temperature, rain, mean wind, as numbers."""
    fields = hourly(world, world.days.to_list())
    shape = (len(world.days), HOURS_PER_DAY, len(CITIES))
    temperature = fields["air_temperature_degc"].reshape(shape)
    cities = pl.DataFrame({"region_code": [city.adcode for city in CITIES]})
    rows = pl.DataFrame({"day": world.days}).join(cities, how="cross", maintain_order="left_right")
    return rows.with_columns(
        temperature_max_degc=pl.Series(temperature.max(axis=1).reshape(-1)),
        temperature_min_degc=pl.Series(temperature.min(axis=1).reshape(-1)),
        precipitation_mm=pl.Series(fields["precipitation_1h_mm"].reshape(shape).sum(axis=1).reshape(-1)),
        wind_speed_m_s=pl.Series(fields["wind_speed_m_s"].reshape(shape).mean(axis=1).reshape(-1)),
    )
