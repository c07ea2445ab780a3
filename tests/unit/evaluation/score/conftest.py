"""One world for all tests of the score: made-up weather, four years, a step of known size before the last year."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from evaluation.known_truth.worlds import World, world
from evaluation.score.assess import Assessments, assess_years
from evaluation.score.decomposition import Period
from evaluation.score.settings import ScoreSettings

FAST = ScoreSettings(replicates=25)
"""Enough replicates for a standard deviation, few enough for a test."""
YEARS = [Period.year(y) for y in (2015, 2016, 2017)]


def made_weather() -> pl.DataFrame:
    """2014–2017, daily, with seasons and noise."""
    draw = np.random.default_rng(5)
    at = pl.datetime_range(date(2014, 1, 1), date(2018, 1, 1), "1d", closed="left", eager=True).alias("at")
    n, year = at.len(), 2 * np.pi * np.arange(at.len()) / 365.25
    return pl.DataFrame(
        {
            "at": at,
            "temperature_c": 17 - 11 * np.cos(year) + draw.normal(0, 3, n),
            "humidity_percent": 70 + draw.normal(0, 12, n),
            "wind_speed_m_s": draw.gamma(4, 0.6, n),
            "wind_direction_deg": draw.uniform(0, 360, n),
            "rain_mm": draw.gamma(0.2, 20, n),
        }
    )


@pytest.fixture(scope="session")
def made() -> World:
    """Emissions fall by 17.7 % in March 2016 while the wind slackens: luck hides effort."""
    return world(made_weather(), "adverse", 1)


@pytest.fixture(scope="session")
def fast() -> ScoreSettings:
    """The settings of these tests."""
    return FAST


@pytest.fixture(scope="session")
def assessed(made: World) -> Assessments:
    """2015–2017 against 2014."""
    return assess_years(made.series, Period.year(2014), YEARS, settings=FAST, item="pm25")
