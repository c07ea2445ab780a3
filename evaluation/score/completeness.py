"""Whether a period can be judged at all: enough values, both periods, known weather, weather within the pool.

Every function returns the measured share or raises NotAssessable with it. Belongs here: counts against the thresholds
of ``ScoreSettings``. Does not belong here: what makes a series unfit for any method (``evaluation.series``), the fit.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.score.decomposition import Period, Weights, weights
from evaluation.score.settings import ScoreSettings
from evaluation.series import AT, VALUE, NotAssessable, Series
from evaluation.weather_normalisation.pool import Pool
from evaluation.weather_normalisation.reach import reach


def check_span(series: Series, settings: ScoreSettings) -> None:
    """Raise ``too_short`` when the series spans fewer months than the settings ask for."""
    first, last = series.frame[AT][0], series.frame[AT][-1]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months < settings.min_months:
        raise NotAssessable("too_short", f"{months} months of record; {settings.min_months} are needed")


def values_inside(series: Series, period: Period) -> tuple[int, float]:
    """Number of values inside, and their share of the steps the period has."""
    inside = _inside(series, period)
    steps = (np.datetime64(period.end) - np.datetime64(period.start)) / np.timedelta64(series.step)
    n = inside[VALUE].count()
    return n, n / float(steps)


def compared_months(  # noqa: PLR0917 – two periods of one table
    series: Series,
    month: NDArray[np.datetime64],
    n_values: NDArray[np.int64],
    base: Period,
    evaluation: Period,
    settings: ScoreSettings,
) -> Weights:
    """Weights of the months that both periods can be compared on.

    Raises ``too_many_gaps`` (both periods together), ``baseline_incomplete`` or ``evaluation_incomplete``.
    """
    n_base, share_base = values_inside(series, base)
    n, share = values_inside(series, evaluation)
    steps = n_base / share_base if n_base else 0.0
    steps += n / share if n else 0.0
    if n_base and n and (n_base + n) / steps < settings.step_share:
        raise NotAssessable(
            "too_many_gaps", f"{n_base + n} values of {steps:.0f} steps; {settings.step_share:.0%} are needed"
        )
    expected = ((month + 1).astype("datetime64[us]") - month.astype("datetime64[us]")) / np.timedelta64(series.step)
    counts = n_values / expected >= settings.step_share
    day = month.astype("datetime64[D]")
    needed = settings.month_share * evaluation.months.size
    usable = int((counts & evaluation.holds(day)).sum())
    if usable < needed:
        raise NotAssessable(
            "evaluation_incomplete",
            f"{usable} of {evaluation.months.size} months of {evaluation} hold {settings.step_share:.0%} of the values",
        )
    weight = weights(month, counts, base, evaluation)
    shared = int((weight.evaluation > 0).sum())
    if shared < needed:
        raise NotAssessable(
            "baseline_incomplete",
            f"{shared} of {evaluation.months.size} calendar months are complete in the baseline {base}",
        )
    return weight


def check_weather(series: Series, pool: Pool, evaluation: Period, settings: ScoreSettings) -> float:
    """Share of the evaluation's values with a weather variable outside the pool's range.

    Raises ``no_weather`` when too few values have any weather, ``weather_outside_pool`` when the share is too large.
    """
    rows = _inside(series, evaluation).filter(pl.col(VALUE).is_not_null())
    known = rows.select(pl.any_horizontal(pl.col(c).is_not_null() for c in series.weather).mean()).item()
    if known < settings.weather_share:
        raise NotAssessable("no_weather", f"{known:.0%} of the values of {evaluation} have weather")
    outside = reach(pool, rows).outside_any
    if outside > settings.outside_pool:
        raise NotAssessable(
            "weather_outside_pool", f"{outside:.0%} of the values of {evaluation} lie outside the pool's weather"
        )
    return outside


def _inside(series: Series, period: Period) -> pl.DataFrame:
    return series.frame.filter((pl.col(AT) >= period.start) & (pl.col(AT) < period.end))
