"""The columns a model sees: the weather, and the clock as numbers; which of them an estimand keeps.

Belongs here: names, values and roles of predictors. Does not belong here: training, averages, checks of weather.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.series import AT

TREND = "date_unix"
"""Seconds since 1970-01-01 on the series' own clock. Names as in rmweather (``rmw_prepare_data``)."""
SEASON = "day_julian"
"""Day of the year, 1 … 366."""
WEEKDAY = "weekday"
"""1 = Monday … 7 = Sunday, a number: a split on categories could not be read back as a box."""
HOUR = "hour"
"""Hour of the day, 0 … 23; only where steps are shorter than a day."""

Estimand = Literal["unconstrained", "weather_only", "windowed"]
"""What the average keeps of the row it is for; three different quantities (11_effort_methods.md §3.4).

- ``unconstrained``: the trend alone; season, weekday, hour and weather come from the pool (rmweather). Season is gone.
- ``weather_only``: trend, season, weekday, hour; only the weather comes from the pool, from all of it (normet).
- ``windowed``: the same four; the weather comes from the same hour within ± days of the year (Vu et al. 2019), so that
  no hot January is made up.
"""


@dataclass(frozen=True)
class Predictors:
    """Names of the columns of a model's table, in order: ``weather``, then ``clock``."""

    weather: tuple[str, ...]
    clock: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All columns in the order of the table."""
        return self.weather + self.clock

    def kept(self, estimand: Estimand) -> tuple[int, ...]:
        """Positions of the columns that the average takes from the row itself."""
        keep = (TREND,) if estimand == "unconstrained" else self.clock
        return tuple(self.names.index(name) for name in keep)

    def table(self, frame: pl.DataFrame) -> NDArray[np.float64]:
        """The columns (rows, predictors) for ``frame``, which has ``at`` and the weather; a null becomes NaN.

        Raises ValueError when weather is absent from the frame.
        """
        if absent := [name for name in self.weather if name not in frame.columns]:
            raise ValueError(f"weather {', '.join(absent)} is not in the table, which has {', '.join(frame.columns)}")
        columns = frame.select(
            *(pl.col(name).cast(pl.Float64) for name in self.weather),
            *(_CLOCK[name].cast(pl.Float64).alias(name) for name in self.clock),
        )
        return columns.fill_null(np.nan).to_numpy()


_CLOCK = {
    TREND: pl.col(AT).dt.epoch("s"),
    SEASON: pl.col(AT).dt.ordinal_day(),
    WEEKDAY: pl.col(AT).dt.weekday(),
    HOUR: pl.col(AT).dt.hour(),
}


def predictors(weather: Sequence[str], step: timedelta) -> Predictors:
    """The predictors of a series with this weather and step: ``hour`` joins when steps are shorter than a day."""
    hourly = step < timedelta(days=1)
    return Predictors(tuple(weather), (TREND, SEASON, WEEKDAY, HOUR) if hourly else (TREND, SEASON, WEEKDAY))


def hour_and_day(at: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hour 0 … 23 and day 0 … 364 of the circular year of each time; 29 February counts as the 28th."""
    hour, month, day = (part.to_numpy().astype(np.int64) for part in (at.dt.hour(), at.dt.month(), at.dt.day()))
    day = np.where((month == 2) & (day == 29), 28, day)
    return hour, _DAYS_BEFORE[month - 1] + day - 1


_DAYS_BEFORE = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30])
"""Days of a common year before each month."""
