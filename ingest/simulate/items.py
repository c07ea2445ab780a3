"""What the simulated agency measures and publishes: names in each feed, order, resolution.

Numbers are carried as whole tenths of the published unit (35 µg/m³ = 350, 0.7 mg/m³ = 7): sums, means and index values
stay exact integers, and printing is the same on every machine. Concentrations as physics (``air``) are not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Tenths = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

MISSING = np.iinfo(np.int32).min
SENTINEL_HIGH = 9999 * 10
SENTINEL_LOW = -99 * 10


@dataclass(frozen=True)
class Pollutant:
    """A measured quantity; ``step`` is its published resolution in tenths (1 µg/m³ = 10, 0.1 mg/m³ = 1)."""

    code: str
    item: str
    step: int


@dataclass(frozen=True)
class Series:
    """One of the 15 published types: its name in the CSV, its key in the live feed, its item code in the lake."""

    csv: str
    live: str
    item: str


POLLUTANTS = (
    Pollutant("pm25", "pm25_ug_m3", 10),
    Pollutant("pm10", "pm10_ug_m3", 10),
    Pollutant("so2", "so2_ug_m3", 10),
    Pollutant("no2", "no2_ug_m3", 10),
    Pollutant("o3", "o3_ug_m3", 10),
    Pollutant("co", "co_mg_m3", 1),
)
PM25, PM10, SO2, NO2, O3, CO = range(6)
POLLUTANT_INDEX = {p.code: i for i, p in enumerate(POLLUTANTS)}

SERIES = (
    Series("AQI", "aqi", "aqi"),
    Series("PM2.5", "pm2_5", "pm25_ug_m3"),
    Series("PM2.5_24h", "pm2_5_24h", "pm25_24h_ug_m3"),
    Series("PM10", "pm10", "pm10_ug_m3"),
    Series("PM10_24h", "pm10_24h", "pm10_24h_ug_m3"),
    Series("SO2", "so2", "so2_ug_m3"),
    Series("SO2_24h", "so2_24h", "so2_24h_ug_m3"),
    Series("NO2", "no2", "no2_ug_m3"),
    Series("NO2_24h", "no2_24h", "no2_24h_ug_m3"),
    Series("O3", "o3", "o3_ug_m3"),
    Series("O3_24h", "o3_24h", "o3_24h_ug_m3"),
    Series("O3_8h", "o3_8h", "o3_8h_ug_m3"),
    Series("O3_8h_24h", "o3_8h_24h", "o3_8h_24h_ug_m3"),
    Series("CO", "co", "co_mg_m3"),
    Series("CO_24h", "co_24h", "co_24h_mg_m3"),
)
SERIES_INDEX = {s.csv: i for i, s in enumerate(SERIES)}


def usable(readings: Tenths) -> Mask:
    """Readings the agency counts in its means and index: there, not negative, not the code 9999."""
    return np.asarray((readings >= 0) & (readings != SENTINEL_HIGH))
