"""The weather that drives the simulated air: hourly, per city, as a climate normal plus a known anomaly.

Because normal and anomaly are kept apart, the effect of the weather on the air is known exactly. What the anomaly does
to concentrations is ``air``'s business; what a weather service publishes of it is ``weather_feed``'s.
Coefficients are plausible for Zhejiang, not fitted: tuned on the default seed to its rain, sunshine and temperature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.simulate.items import Floats
from ingest.simulate.noise import shared_and_own, stream
from ingest.simulate.places import CITIES
from ingest.simulate.timeline import DAYS_PER_YEAR, Timeline

LATITUDE_RAD = np.deg2rad(29.5)
RAIN_MEMORY_HOURS = 6
# Month of the year → kind of episode, how many, and how much longer than a cold front's day or so.
EPISODES = {
    **dict.fromkeys((12, 1), ("winter_haze", 3, 1.0)),
    **dict.fromkeys((11, 2), ("winter_haze", 2, 1.0)),
    **dict.fromkeys((5, 6, 7, 8, 9), ("heat", 2, 1.8)),
}
DUST_MONTHS = (3, 4)
SHORTEST_EVENTFUL_MONTH_HOURS = 240
# Cold air passes the province from north-west to south-east in about a day: hours of delay per city.
PASSAGE_HOURS = {"hangzhou": 5, "ningbo": 10, "wenzhou": 20, "jiaxing": 3, "huzhou": 2, "shaoxing": 7, "jinhua": 11,
                 "quzhou": 9, "zhoushan": 11, "taizhou": 16, "lishui": 15}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """An episode the generator placed: kind, when it peaks (hour index), how strong, how long."""

    kind: str
    peak_hour: int
    strength: float
    width_hours: float


@dataclass(frozen=True)
class Weather:
    """Hourly fields ``[hour, city]``; the second half are anomalies against the normal, as ``air`` uses them."""

    temperature_degc: Floats
    humidity_percent: Floats
    wind_speed_m_s: Floats
    wind_from_deg: Floats
    rain_mm: Floats
    sunshine_share: Floats
    pressure_pa: Floats
    sun_height: Floats
    log_wind: Floats
    log_mixing: Floats
    warmth_degc: Floats
    clearness: Floats
    stagnation: Floats
    northerly: Floats
    rain_6h_mm: Floats
    transport: Floats
    dust: Floats
    events: tuple[Event, ...]


def sun_height(timeline: Timeline) -> Floats:
    """Sine of the sun's height in the middle of each hour, 0 at night; local clock taken as solar time."""
    declination = np.deg2rad(23.44) * np.sin(timeline.year_angle - 2 * np.pi * 80 / DAYS_PER_YEAR)
    across = np.cos(LATITUDE_RAD) * np.cos(declination) * timeline.clock(12.0)
    return np.asarray(np.maximum(0.0, np.sin(LATITUDE_RAD) * np.sin(declination) + across))


def simulate_weather(timeline: Timeline, seed: int) -> Weather:
    """The weather of a run."""
    hours, cities = timeline.hours, len(CITIES)
    events = _place_events(timeline, seed)
    haze, heat, dust = (_course(events, kind, hours) for kind in ("winter_haze", "heat", "dust"))

    def latent(name: str, memory_hours: float, shared: float = 0.75) -> Floats:
        return shared_and_own(stream(seed, f"weather.{name}"), hours, cities, memory_hours, shared)

    sun = sun_height(timeline)[:, None]
    warm_season = timeline.season(205)[:, None]
    stagnation = latent("stagnation", 60, 0.85) + 0.8 * haze
    wetness = latent("wetness", 22) + 0.45 * _plum_rain(timeline)[:, None] - 1.0 * heat - 0.8 * haze
    log_wind = 0.30 * latent("wind", 18, 0.65) - 0.16 * stagnation + 0.12 * np.maximum(0, wetness - 1.3)
    clear = 1 / (1 + np.exp(1.7 * (wetness + 0.35)))
    clearness = clear - 0.40
    warmth = 2.7 * latent("temperature", 80, 0.9) + 1.9 * heat + 2.0 * clearness * sun
    rain = _rain(wetness)
    direction_normal = 150 + 85 * (1 - warm_season)  # south-east in summer, north-west (320°) in winter
    turning = 50 * latent("direction", 20, 0.6)
    wind_from = np.mod(direction_normal + turning, 360)
    northerly = np.cos(np.deg2rad(wind_from)) - np.cos(np.deg2rad(direction_normal))
    daily = timeline.clock(14.5)[:, None]
    temperature = _column("temperature_mean_degc") + _column("temperature_amplitude_degc") * warm_season
    temperature = temperature + (2.2 + 3.2 * clear) * daily + warmth
    wind = _column("wind_mean_m_s") * (1 + 0.28 * daily) * np.exp(log_wind - 0.08)
    pressure = 101_300 - 850 * warm_season - 95 * warmth + 160 * stagnation + 60 * timeline.clock(9.5, 2)[:, None]
    humidity = 74 + 9 * np.tanh(wetness) * 1.6 - 11 * daily * (0.4 + clear) - 1.2 * warmth
    return Weather(
        temperature_degc=temperature,
        humidity_percent=np.clip(humidity, 12, 100),
        wind_speed_m_s=wind,
        wind_from_deg=wind_from,
        rain_mm=rain,
        sunshine_share=clear * (sun > 0.06),
        pressure_pa=pressure,
        sun_height=sun,
        log_wind=log_wind,
        log_mixing=0.55 * clearness * np.minimum(1, 2.5 * sun) + 0.5 * log_wind - 0.10 * stagnation,
        warmth_degc=warmth,
        clearness=clearness,
        stagnation=stagnation,
        northerly=northerly,
        rain_6h_mm=_recent_sum(rain),
        transport=haze,
        dust=dust,
        events=events,
    )


def _column(name: str) -> Floats:
    return np.array([[getattr(c, name) for c in CITIES]], dtype=np.float64)


def _plum_rain(timeline: Timeline) -> Floats:
    """The rainy weeks of June and early July."""
    day = timeline.year_angle * DAYS_PER_YEAR / (2 * np.pi)
    return np.exp(-(((day - 172) / 17) ** 2))


def _rain(wetness: Floats) -> Floats:
    """Millimetres an hour above a wetness threshold; whole tenths, as a gauge counts."""
    return np.round(2.6 * np.maximum(0.0, wetness - 1.12) ** 1.6, 1)


def _recent_sum(rain: Floats) -> Floats:
    """Rain of the last hours, the present one included."""
    padded = np.vstack([np.zeros((RAIN_MEMORY_HOURS, rain.shape[1])), rain])
    total = np.cumsum(padded, axis=0)
    return np.asarray(total[RAIN_MEMORY_HOURS:] - total[:-RAIN_MEMORY_HOURS])


def _place_events(timeline: Timeline, seed: int) -> tuple[Event, ...]:
    """Winter haze, summer heat and one spring dust event, placed month by month."""
    rng = stream(seed, "weather.events")
    months, first_hours, lengths = np.unique(timeline.month, return_index=True, return_counts=True)
    events: list[Event] = []
    dusty = False
    for month, first_hour, length in zip(months.tolist(), first_hours.tolist(), lengths.tolist(), strict=True):
        places, strengths, widths = rng.uniform(size=(3, 3))
        if length < SHORTEST_EVENTFUL_MONTH_HOURS:
            continue
        kind, count, stretch = EPISODES.get(month.month, ("", 0, 0.0))
        for place, strength, width in zip(places[:count], strengths, widths, strict=False):
            peak = first_hour + int((0.05 + 0.9 * place) * length)
            events.append(Event(kind, peak, 0.55 + 0.7 * float(strength), stretch * (14 + 20 * float(width))))
        if month.month in DUST_MONTHS and not dusty:
            events.append(Event("dust", first_hour + int((0.3 + 0.2 * places[2]) * length), 1.0, 13.0))
            dusty = True
    return tuple(events)


def _course(events: tuple[Event, ...], kind: str, hours: int) -> Floats:
    """Strength of all events of a kind over time, arriving later in the south: ``[hour, city]``."""
    time = np.arange(hours, dtype=np.float64)[:, None]
    delay = np.array([[PASSAGE_HOURS[c.pinyin] for c in CITIES]], dtype=np.float64)
    course = np.zeros((hours, len(CITIES)))
    for event in (e for e in events if e.kind == kind):
        course += event.strength * np.exp(-(((time - event.peak_hour - delay) / event.width_hours) ** 2))
    return course
