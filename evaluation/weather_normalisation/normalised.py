"""A normalised series: made by a mode and a pool, with what is needed to explain it.

Belongs here: :func:`normalise` and its result. Does not belong here: training, effort and luck (``evaluation.score``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.series import AT, VALUE, Series
from evaluation.weather_normalisation.fitted import Fitted, Mode
from evaluation.weather_normalisation.partial_dependence import Window, partial_dependence
from evaluation.weather_normalisation.pool import Pool, own_pool
from evaluation.weather_normalisation.predictors import Predictors, hour_and_day, predictors

NORMALISED = "normalised"
"""The value under the pool's weather, in the unit of the series."""
PREDICTED = "predicted"
"""The value the model expects under the weather of the row itself."""


@dataclass(frozen=True)
class Normalised:
    """Value and normalised value of every row that has a value; rows without one are neither used nor filled."""

    key: str
    unit: str
    mode: Mode
    pool: Pool
    predictors: Predictors
    fitted: Fitted
    frame: pl.DataFrame
    """``at``, ``value``, ``predicted``, ``normalised`` (null where the window holds no pool row), sorted by time."""

    def monthly(self) -> pl.DataFrame:
        """Calendar months: ``month`` (Date, its first day), ``rows``, and the means of the three values."""
        return (
            self.frame.group_by(pl.col(AT).dt.truncate("1mo").dt.date().alias("month"), maintain_order=True)
            .agg(pl.len().alias("rows"), pl.col(VALUE, PREDICTED, NORMALISED).mean())
            .sort("month")
        )


def normalise(series: Series, mode: Mode, pool: Pool | None = None) -> Normalised:
    """Train ``mode`` on the rows with a value and average it over ``pool`` (default: those rows), exactly.

    On the log scale trees average logarithms, so exp of the average is a geometric mean over weather. One factor per
    series makes it an arithmetic one, Duan's (1983, JASA 78, 605) smearing of the departures from the normalised curve:
    ``mean(exp(r − mean r))`` with ``r = ln value − average``. It takes from the departures their spread alone – what
    weather and noise add to a mean – and not their level, which is the difference between the pool's weather and the
    weather that was. One factor cancels in every ratio of two periods.

    Raises ValueError when the pool lacks weather of the series.
    """
    pool = pool or own_pool(series)
    frame = series.frame.filter(pl.col(VALUE).is_not_null())
    columns = predictors(series.weather, series.step)
    x, y = columns.table(frame), frame[VALUE].to_numpy()
    fitted = mode.fit(x, y)
    window = None
    if mode.estimand == "windowed":
        window = Window(*hour_and_day(frame[AT]), *hour_and_day(pool.frame[AT]), mode.window_days)
    average = partial_dependence(fitted.ensemble, x, columns.table(pool.frame), columns.kept(mode.estimand), window)
    level = _to_level(average, y) if fitted.logs else average
    table = frame.select(
        AT, VALUE, pl.Series(PREDICTED, fitted.predict(x)), pl.Series(NORMALISED, level).fill_nan(None)
    )
    return Normalised(series.key, series.unit, mode, pool, columns, fitted, table)


def _to_level(average: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    departure = np.log(y) - average
    return np.exp(average) * float(np.nanmean(np.exp(departure - np.nanmean(departure))))
