"""Worlds of one daily series: emissions E(t), a response to real weather, autocorrelated noise, and the truth.

    ln C(t) = ln E(t) + g(weather, season, weekday) + AR(1)          C += background in the family ``background``

Belongs here: the families and their parameters, drawn from a seed. Does not belong here: any estimate from C alone.
The families and the sizes of effect, drift and background follow 11_effort_methods.md, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.signal import lfilter

from evaluation.series import AT, VALUE, Series, series

Floats = NDArray[np.float64]

Family = Literal["null", "null_drift", "step", "trend", "adverse", "background", "seasonal_policy"]
FAMILIES: tuple[Family, ...] = get_args(Family)
NULL_FAMILIES: tuple[Family, ...] = ("null", "null_drift")
"""Worlds in which emissions never change: whatever effort is found there is false."""
STEP_FAMILIES: tuple[Family, ...] = ("step", "adverse", "background")
"""Worlds with one lasting step, at ``World.policy_date``."""

WEATHER = ("temperature_c", "humidity_percent", "wind_speed_m_s", "wind_direction_deg", "rain_mm")
"""What the generator responds to; the weather frame has these columns beside ``at`` and may have more."""

MISSING_SHARE = 0.02
"""Days without a valid value, at random: what a well-kept station loses."""
DRIFT = 0.25
"""Wind at the end of a drifting world is stronger (null_drift) or weaker (adverse) by this share."""
BACKGROUND = 12.0
EMITTED = 28.0
"""In the family ``background`` 12 µg/m³ come from elsewhere and 28 are the city's own on an average day."""


@dataclass(frozen=True)
class World:
    """One world: what a method may see (``series``, perhaps ``policy_date``) and what only its examiner knows.

    ``months`` has one row per month: ``month`` (Date), ``truth_log`` (log of the mean concentration expected with the
    pool's weather of that calendar month and the month's own emissions) and ``oracle_log`` (the same plus the mean
    noise of the month's valid days: what remains when the weather effect is known exactly).
    """

    name: str
    family: Family
    seed: int
    series: Series
    policy_date: date | None
    policy_declared: bool
    months: pl.DataFrame

    def effort_log(self, baseline: tuple[date, date], evaluation: tuple[date, date], *, column: str) -> float:
        """ln(N_e / N_b) of ``column`` (truth_log or oracle_log) over two periods [start, end) of whole months."""

        def level(period: tuple[date, date]) -> float:
            inside = self.months.filter((pl.col("month") >= period[0]) & (pl.col("month") < period[1]))
            return float(np.exp(inside[column].to_numpy()).mean())

        return float(np.log(level(evaluation) / level(baseline)))


def world(weather: pl.DataFrame, family: Family, seed: int) -> World:
    """The world of ``family`` on ``weather``: one row per day, sorted, whole months, at least 36 of them.

    The same weather, family and seed give the same digits. Raises ValueError for weather of less than three years.
    """
    days = weather[AT].cast(pl.Date)
    month = days.dt.truncate("1mo")
    firsts = month.unique().sort()
    if firsts.len() < 36:
        raise ValueError(f"a world needs 36 months of weather, got {firsts.len()}")
    draw = np.random.default_rng([seed, FAMILIES.index(family)])
    # The step lies after the first and before the last twelve months, so that both are of one regime.
    policy = None if family in ("null", "null_drift", "trend") else firsts[int(draw.integers(13, firsts.len() - 13))]
    elapsed = np.linspace(0.0, 1.0, days.len())
    drift = {"null_drift": 1 + DRIFT * elapsed, "adverse": 1 - DRIFT * elapsed}.get(family, np.ones(days.len()))
    seen = weather.with_columns(pl.col("wind_speed_m_s") * pl.Series(drift))

    log_weather = _weather_effect(seen, days, draw)
    log_emission = _log_emissions(family, days, policy, draw)
    noise, mean_noise = _noise(days.len(), draw)
    background = BACKGROUND if family == "background" else 0.0
    scale = EMITTED / float(np.exp(log_weather).mean())
    value = background + scale * np.exp(log_emission + log_weather + noise)

    # With the pool's weather (all days of the same calendar month) and the noise averaged out, a day would hold this.
    pooled = _mean_by(days.dt.month().to_numpy(), np.exp(log_weather)) * mean_noise
    expected = background + scale * np.exp(log_emission) * pooled
    expected_here = background + scale * np.exp(log_emission + log_weather) * mean_noise
    valid = draw.random(days.len()) >= MISSING_SHARE
    frame = pl.DataFrame({"month": month, "expected": expected, "share": value / expected_here, "valid": valid})
    months = (
        frame.group_by("month")
        .agg(
            truth_log=pl.col("expected").mean().log(),
            oracle_log=pl.col("expected").mean().log() + pl.col("share").filter(pl.col("valid")).log().mean(),
        )
        .sort("month")
    )
    given = seen.with_columns(pl.Series(VALUE, np.where(valid, value, np.nan)).fill_nan(None))
    return World(
        name=f"{family}-{seed}",
        family=family,
        seed=seed,
        series=series(
            f"{family}-{seed}",
            given,
            unit="µg/m³",
            weather=[c for c in seen.columns if c not in (AT, VALUE)],
            step=timedelta(days=1),
        ),
        policy_date=policy,
        policy_declared=policy is not None and family != "seasonal_policy" and seed % 2 == 0,
        months=months,
    )


def _weather_effect(weather: pl.DataFrame, days: pl.Series, draw: np.random.Generator) -> Floats:
    """g: dilution by wind, sectors, humidity, a winter inversion, washing-out, season, weekday; sd about 0.4–0.6."""
    filled = weather.select(pl.col(c).fill_nan(None).interpolate().backward_fill().forward_fill() for c in WEATHER)
    temperature, humidity, wind, direction, rain = (filled[c].to_numpy() for c in WEATHER)
    size = draw.uniform(0.8, 1.2, 8)
    from_source = np.cos(np.deg2rad(direction - draw.uniform(0, 360)))
    cold_and_still = np.exp(-wind / 2.0) * np.clip(12.0 - temperature, 0.0, 20.0) / 20.0
    yearly = 2 * np.pi * days.dt.ordinal_day().to_numpy() / 365.25
    effect: Floats = (
        -0.6 * size[0] * np.log(wind + 0.5)
        + 0.2 * size[1] * from_source
        + 0.1 * size[2] * (humidity - 70.0) / 15.0
        + 0.8 * size[3] * cold_and_still
        - 0.15 * size[4] * np.log1p(rain)
        + 0.012 * size[5] * np.clip(temperature - 25.0, 0.0, None)
        + 0.2 * size[6] * np.cos(yearly - draw.uniform(-0.5, 0.5))
        - 0.08 * size[7] * (days.dt.weekday().to_numpy() >= 6)
    )
    centred: Floats = effect - effect.mean()
    return centred


def _log_emissions(family: Family, days: pl.Series, policy: date | None, draw: np.random.Generator) -> Floats:
    """Log of E(t) with E = 1 on the first day."""
    n = days.len()
    if family == "trend":
        years = np.arange(n) / 365.25
        return years * float(np.log1p(draw.uniform(-0.10, 0.05)))
    if policy is None:
        return np.zeros(n)
    size = -0.30 if family in ("background", "seasonal_policy") else draw.uniform(-0.30, -0.10)
    after = (days >= policy).to_numpy()
    if family == "seasonal_policy":
        after &= np.isin(days.dt.month().to_numpy(), (11, 12, 1, 2, 3))
    return np.where(after, np.log1p(size), 0.0)


def _noise(n: int, draw: np.random.Generator) -> tuple[Floats, float]:
    """AR(1), stationary from the first day, and the expectation of its exponential.

    It stands for what neither emissions nor weather explain; the mean of a month has a standard deviation near 0.08.
    """
    phi, sd = draw.uniform(0.3, 0.7), draw.uniform(0.2, 0.35)
    shocks = draw.normal(scale=sd * np.sqrt(1 - phi**2), size=n)
    shocks[0] = draw.normal(scale=sd)
    noise: Floats = lfilter([1.0], [1.0, -phi], shocks)
    return noise, float(np.exp(sd**2 / 2))


def _mean_by(label: NDArray[np.int8], values: Floats) -> Floats:
    """For each row the mean of ``values`` over the rows of its label."""
    return (np.bincount(label, values) / np.maximum(np.bincount(label), 1))[label]
