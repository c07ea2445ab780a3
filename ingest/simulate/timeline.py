"""The hours of a run and their place in the calendar; every hour is known by its interval in local time (UTC+8).

Index 0 is the hour that begins at 00:00 on the day before the first published day: the moving means of the first
label need it. CNEMC labels name the end of the interval, so label 00:00 of a day is the hour before midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ingest.simulate.items import Floats

HOURS_PER_DAY = 24
DAYS_PER_YEAR = 365.25
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Timeline:
    """All hours from the day before ``first_day`` to the end of ``last_day``; whole days, so it folds into days."""

    first_day: date
    last_day: date

    @property
    def origin(self) -> date:
        """The day index 0 lies in."""
        return self.first_day - timedelta(days=1)

    @property
    def days(self) -> int:
        """Days covered, with the one before the first."""
        return (self.last_day - self.origin).days + 1

    @property
    def hours(self) -> int:
        """Hours covered."""
        return self.days * HOURS_PER_DAY

    @cached_property
    def start(self) -> npt.NDArray[np.datetime64]:
        """Begin of each hour."""
        return np.datetime64(self.origin, "h") + np.arange(self.hours)

    @property
    def label(self) -> npt.NDArray[np.datetime64]:
        """Published label of each hour: its end."""
        return self.start + np.timedelta64(1, "h")

    @property
    def hour(self) -> Ints:
        """Local clock hour in which the interval begins, 0–23."""
        return np.arange(self.hours) % HOURS_PER_DAY

    @property
    def year_angle(self) -> Floats:
        """Position in the year as an angle; 0 on 1 January."""
        days = (self.start - self.start.astype("M8[Y]").astype("M8[h]")).astype(np.float64) / HOURS_PER_DAY
        return np.asarray(2 * np.pi * days / DAYS_PER_YEAR)

    @property
    def is_weekend(self) -> npt.NDArray[np.bool_]:
        """Saturday or Sunday."""
        day_number = self.start.astype("M8[D]").astype(np.int64)  # 1970-01-01 was a Thursday
        return np.asarray((day_number + 3) % 7 >= 5)

    @property
    def month(self) -> npt.NDArray[np.datetime64]:
        """Calendar month of each hour."""
        return self.start.astype("M8[M]")

    def season(self, peak_day: int) -> Floats:
        """A yearly cosine: +1 on day ``peak_day`` of the year, −1 half a year later."""
        return np.cos(self.year_angle - 2 * np.pi * peak_day / DAYS_PER_YEAR)

    def clock(self, peak_hour: float, per_day: int = 1) -> Floats:
        """A daily cosine: +1 at ``peak_hour``; ``per_day`` peaks a day."""
        return np.cos(2 * np.pi * per_day * (self.hour + 0.5 - peak_hour) / HOURS_PER_DAY)

    def labels_of(self, first: date, last: date) -> slice:
        """The hours whose labels read 00:00 of ``first`` to 23:00 of ``last``."""
        begin = (first - self.origin).days * HOURS_PER_DAY - 1
        return slice(begin, begin + ((last - first).days + 1) * HOURS_PER_DAY)
