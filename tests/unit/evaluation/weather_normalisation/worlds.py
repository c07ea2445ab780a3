"""Small worlds for the tests of this folder: daily values made of a trend, a season, and what wind and heat do."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from evaluation.series import Series, series

WEATHER = ("wind_speed", "temperature")


def clock(text: str) -> datetime:
    """A naive local time, as the column ``at`` holds it."""
    return datetime.fromisoformat(text)


def world(years: int = 3, *, change: float = 0.8, gaps: float = 0.0, noise: float = 0.1, seed: int = 0) -> Series:
    """Daily values from 2014 on: 40 · exp(effect of weather + season + noise), times ``change`` from half-way on."""
    random = np.random.default_rng(seed)
    start = clock("2014-01-01")
    at = pl.datetime_range(start, clock(f"{2014 + years}-01-01"), "1d", closed="left", eager=True)
    day = np.arange(len(at))
    wind = random.gamma(4, 0.8, len(at))
    heat = 15 - 10 * np.cos(2 * np.pi * day / 365.25) + random.normal(0, 3, len(at))
    effort = np.where(day >= len(at) // 2, change, 1.0)
    season = 0.2 * np.cos(2 * np.pi * day / 365.25)
    value = 40 * effort * np.exp(-0.25 * (wind - 3.2) + season + random.normal(0, noise, len(at)))
    lost = [random.random(len(at)) < gaps for _ in range(3)]
    frame = pl.DataFrame({"at": at, "value": value, "wind_speed": wind, "temperature": heat}).with_columns(
        pl.when(pl.Series(gone)).then(None).otherwise(pl.col(name)).alias(name)
        for name, gone in zip(("value", *WEATHER), lost, strict=True)
    )
    return series("made", frame, unit="µg/m³", weather=WEATHER, step=timedelta(days=1))
