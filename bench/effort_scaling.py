"""What the evaluation costs, and that it grows with the number of series and no faster.

``python -m bench effort_scaling``. Eleven cities × six pollutants × eight years of days by the method of the score,
full bootstrap included; and 250 stations × one year of hours by the exact normalisation alone (a year has no baseline
to be scored against). Each at a tenth and in full, on synthetic weather and response.
"""

from __future__ import annotations

import os
from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.measure import Measured, measure

CITIES, POLLUTANTS, YEARS = 11, 6, 8
STATIONS, HOURS = 250, 8_760
SHARE = 0.1
# Linear: ten times the series at no more than so much above ten times the cost; the rest is start-up and noise.
SLACK = 1.15


def daily(count: str) -> int:
    """Score so many series of eight years of days against their first year, with 50 replicates each."""
    from evaluation.score.assess import assess_years
    from evaluation.score.decomposition import Period
    from evaluation.score.settings import ScoreSettings
    from evaluation.series import series

    assessable = 0
    for seed in range(int(count)):
        frame = _weather(date(2014, 1, 1), YEARS * 365 + 2, 24, seed)
        found = assess_years(
            series(f"daily-{seed}", frame, unit="ug/m3", weather=_names(frame), step=timedelta(days=1)),
            Period.year(2014),
            [Period.year(year) for year in range(2015, 2022)],
            settings=ScoreSettings(replicates=50),
        )
        assessable += sum(year.estimate is not None for year in found.years)
    return assessable


def hourly(count: str) -> int:
    """Normalise so many stations' years of hours over their own weather."""
    from evaluation.series import series
    from evaluation.weather_normalisation.boosted import boosted_for
    from evaluation.weather_normalisation.normalised import normalise

    rows = 0
    for seed in range(int(count)):
        frame = _weather(date(2019, 1, 1), HOURS, 1, seed)
        made = series(f"hourly-{seed}", frame, unit="ug/m3", weather=_names(frame), step=timedelta(hours=1))
        rows += normalise(made, boosted_for(made.step)).frame.height
    return rows


def _weather(first: date, steps: int, hours: int, seed: int) -> pl.DataFrame:
    """Autocorrelated weather with a season, and a value that answers to it."""
    draw = np.random.default_rng(seed)
    at = np.datetime64(first, "us") + np.arange(steps) * np.timedelta64(hours, "h")
    season = np.cos(2 * np.pi * np.arange(steps) * hours / 8766)
    shocks = draw.normal(size=(steps, 4))
    memory = 0.7 if hours == 24 else 0.97
    state = np.empty_like(shocks)
    state[0] = shocks[0]
    for step in range(1, steps):
        state[step] = memory * state[step - 1] + np.sqrt(1 - memory**2) * shocks[step]
    wind, temperature, rain, noise = state.T
    log_value = 3.5 - 0.5 * wind + 0.3 * season - 0.15 * np.maximum(rain, 0) + 0.3 * noise
    return pl.DataFrame(
        {
            "at": at,
            "value": np.exp(log_value),
            "wind_speed_m_s": 2.5 * np.exp(0.4 * wind),
            "temperature_degc": 17 - 12 * season + 4 * temperature,
            "precipitation_mm": np.maximum(rain, 0) * 8,
        }
    )


def _names(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name not in ("at", "value")]


def main() -> None:
    """Print cost and growth of both."""
    os.environ["OMP_NUM_THREADS"] = "1"
    for name, function, full in (
        (f"{CITIES} cities × {POLLUTANTS} pollutants × {YEARS} years of days", "daily", CITIES * POLLUTANTS),
        (f"{STATIONS} stations × 1 year of hours", "hourly", STATIONS),
    ):
        part = round(full * SHARE)
        measure(__name__, function, "1")  # kernels compiled and on disk
        small, large = (measure(__name__, function, str(count)) for count in (part, full))
        growth = (large.cpu_s / full) / (small.cpu_s / part)
        print(f"{name}\n  {part:4} series {_told(small, part)}\n  {full:4} series {_told(large, full)}")
        print(
            f"  cost per series, all against a tenth: {growth:.2f} {'PASS' if growth <= SLACK else 'FAIL'} (≤ {SLACK})"
        )


def _told(cost: Measured, count: int) -> str:
    return f"{cost}  {cost.cpu_s / count:.2f} CPU s each"
