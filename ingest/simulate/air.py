"""What is really in the air: hourly concentrations per station, and the part of them that is weather.

concentration = emission factor × normal (season, clock, weekday) × weather effect × station × noise. Every term is
known, so every term can be recovered. What instruments and the agency make of it is not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.simulate import emissions
from ingest.simulate.items import CO, NO2, O3, PM10, PM25, POLLUTANTS, SO2, Floats
from ingest.simulate.noise import remembered, shared_and_own, stream
from ingest.simulate.places import CITIES, Stations
from ingest.simulate.timeline import Timeline
from ingest.simulate.weather import Weather

# Tracers stand in the places of the pollutants, but the second is coarse dust: PM10 = fine + coarse.
FINE, COARSE = PM25, PM10
# Level of a tracer (µg/m³, CO mg/m³) in a city of factor 1 in the reference month, tuned on the default seed so that
# 2025 comes out as published for Zhejiang: PM2.5 25–32, NO2 25–35, SO2 5–8, CO 95th 0.8–1.0, O3 90th 145–165.
LEVEL = {FINE: 24.5, COARSE: 19.0, SO2: 6.0, NO2: 21.0, O3: 63.0, CO: 0.57}
WEEKEND = {FINE: 0.985, COARSE: 0.97, SO2: 0.99, NO2: 0.91, O3: 1.02, CO: 0.97}
# Response of the logarithm of a tracer to one unit of each anomaly, in the order of `_anomalies`.
RESPONSE = {
    #        wind  mixing  rain  stagn. north trans. warmth  clear dust
    FINE: (-0.30, -0.40, -0.22, 0.20, 0.10, 0.62, 0.00, 0.10, 0.35),
    COARSE: (-0.10, -0.25, -0.38, 0.16, 0.04, 0.50, 0.01, 0.25, 2.10),
    SO2: (-0.22, -0.30, -0.10, 0.08, 0.03, 0.20, 0.00, 0.10, 0.00),
    NO2: (-0.42, -0.55, -0.06, 0.12, 0.02, 0.20, 0.00, 0.00, 0.00),
    O3: (0.10, 0.05, -0.10, 0.05, -0.03, -0.15, 0.030, 0.75, 0.00),
    CO: (-0.18, -0.25, -0.03, 0.10, 0.03, 0.32, 0.00, 0.00, 0.00),
}
CITY_NOISE = {FINE: 0.26, COARSE: 0.26, SO2: 0.20, NO2: 0.22, O3: 0.14, CO: 0.12}
STATION_NOISE = {FINE: 0.12, COARSE: 0.18, SO2: 0.16, NO2: 0.20, O3: 0.12, CO: 0.10}
STATION_SPREAD = {FINE: 0.06, COARSE: 0.09, SO2: 0.12, NO2: 0.14, O3: 0.06, CO: 0.07}
N = len(POLLUTANTS)


@dataclass(frozen=True)
class Air:
    """Concentrations ``[hour, station, pollutant]`` and the weather's factor ``[hour, city, pollutant]``.

    The factor is the noise-free concentration over what normal weather would have given; ``normal`` is the latter
    at constant emissions, to weight hours into days.
    """

    concentration: Floats
    weather_effect: Floats
    normal: Floats


def simulate_air(timeline: Timeline, weather: Weather, stations: Stations, seed: int) -> Air:
    """The air of a run."""
    normal = _normal(timeline, weather)
    response = np.array([RESPONSE[k] for k in range(N)]).T
    driven = normal * np.exp(_anomalies(weather) @ response)
    expected, usual = _pollutants(driven), _pollutants(normal)
    city = stations.city_index
    tracers = driven[:, city, :] * np.exp(_noise(timeline.hours, stations, seed))
    months, month_index = np.unique(timeline.month, return_inverse=True)
    factor = emissions.factors(months)[month_index][:, city, :]
    return Air(_pollutants(tracers) * factor, expected / usual, usual)


def _pollutants(tracers: Floats) -> Floats:
    """Tracers to pollutants: PM10 is fine plus coarse."""
    pollutants = tracers.copy()
    pollutants[..., PM10] += tracers[..., FINE]
    return pollutants


def _anomalies(weather: Weather) -> Floats:
    """What a tracer responds to, ``[hour, city, anomaly]``."""
    return np.stack(
        [
            weather.log_wind,
            weather.log_mixing,
            np.log1p(weather.rain_6h_mm),
            weather.stagnation,
            weather.northerly,
            weather.transport,
            weather.warmth_degc,
            weather.clearness * np.sqrt(weather.sun_height),
            weather.dust,
        ],
        axis=-1,
    )


def _normal(timeline: Timeline, weather: Weather) -> Floats:
    """Concentration of each tracer in normal weather at constant emissions, ``[hour, city, tracer]``."""
    mixing = np.log(0.35 + np.roll(weather.sun_height[:, 0], 2))  # the layer follows the sun by two hours
    rush = 0.5 * timeline.clock(8.0) + 0.5 * timeline.clock(8.0, 2) + 0.35 * timeline.clock(20.0)
    cold, spring = timeline.season(15), timeline.season(105)
    light = np.roll(weather.sun_height[:, 0], 3)
    course = {
        FINE: 0.24 * cold + 0.06 * spring - 0.10 * mixing,
        COARSE: 0.16 * cold + 0.14 * spring - 0.12 * mixing + 0.08 * rush,
        SO2: 0.10 * cold + 0.10 * timeline.clock(10.0),
        NO2: 0.22 * cold - 0.42 * mixing + 0.16 * rush,
        O3: 0.18 * timeline.season(160) + np.log(0.55 + 1.25 * light),
        CO: 0.16 * cold - 0.07 * mixing + 0.05 * rush,
    }
    level = np.array([LEVEL[k] for k in range(N)])
    weekend = np.where(timeline.is_weekend[:, None], [WEEKEND[k] for k in range(N)], 1.0)
    hourly = level * weekend * np.exp(np.stack([course[k] for k in range(N)], axis=-1))
    relative = {FINE: "pm", COARSE: "pm", SO2: "pm", NO2: "no2", O3: "o3"}
    city = np.array([[getattr(c, relative[k]) if k in relative else 1.0 for k in range(N)] for c in CITIES])
    return np.asarray(hourly[:, None, :] * city)


def _noise(hours: int, stations: Stations, seed: int) -> Floats:
    """Logarithm of everything that is neither emission nor weather, ``[hour, station, tracer]``.

    Drawn for all tracers of one kind at once; the fine fraction's noise is partly shared with NO2 and CO.
    """
    n_stations = len(stations.city_index)
    spread = stream(seed, "air.station").standard_normal((n_stations, N)) * [STATION_SPREAD[k] for k in range(N)]
    noise = np.empty((hours, n_stations, N))
    burning = shared_and_own(stream(seed, "air.burning"), hours, len(CITIES), 12, 0.45)
    for k in range(N):
        rng = stream(seed, f"air.{POLLUTANTS[k].code}")
        common = shared_and_own(rng, hours, len(CITIES), 9, 0.35)
        share = 0.6 if k in (FINE, NO2, CO) else 0.0
        city = CITY_NOISE[k] * (np.sqrt(share) * burning + np.sqrt(1 - share) * common)
        station = STATION_NOISE[k] * remembered(rng.standard_normal((hours, n_stations)), 5)
        noise[..., k] = city[:, stations.city_index] + station
    return noise + spread
