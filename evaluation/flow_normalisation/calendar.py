"""EGRET's calendar: decimal years, days of the year, periods of analysis, the bounds of a record in water years.

Does not belong here: values of any kind. Dates are numpy ``datetime64[D]`` throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YearFraction = Literal["leap_slots", "elapsed"]

FEBRUARY_29 = 60
"""Its day-of-year slot; years without it skip the number (EGRET ``populateDateColumns``, column Day)."""
WATER_YEAR_STARTS = 10
"""October."""


def civil(dates: Dates) -> tuple[Ints, Ints]:
    """Year and month (1-12) of each date, both (n,)."""
    months = dates.astype("datetime64[M]").astype(np.int64)
    return np.asarray(months // 12 + 1970), np.asarray(months % 12 + 1)


def day_slot(dates: Dates) -> Ints:
    """Day of the year 1-366, (n,), in which 1 March is day 61 in every year (EGRET ``populateDateColumns``, Day)."""
    first = dates.astype("datetime64[Y]").astype("datetime64[D]")
    day = (dates - first).astype(np.int64) + 1
    return np.asarray(np.where((day >= FEBRUARY_29) & ~_is_leap(civil(dates)[0]), day + 1, day))


def decimal_year(dates: Dates, how: YearFraction = "leap_slots") -> Floats:
    """Noon of each date as a decimal year, (n,).

    ``leap_slots``: year + (day slot - 0.5)/366, the convention of the data sets that come with EGRET, its Choptank
    reference among them. ``elapsed``: year + elapsed share of that very year, what EGRET's ``decimalDate`` gives for
    data read today. The two differ by less than 1/366 year.
    """
    year, _ = civil(dates)
    if how == "leap_slots":
        return np.asarray(year + (day_slot(dates) - 0.5) / 366)
    if how == "elapsed":
        first = dates.astype("datetime64[Y]").astype("datetime64[D]")
        return np.asarray(year + ((dates - first).astype(np.int64) + 0.5) / np.where(_is_leap(year), 366, 365))
    assert_never(how)


def water_year_bounds(dates: Dates) -> tuple[float, float]:
    """Start of the first date's and end of the last date's water year, decimal years (EGRET ``decimalHighLow``)."""
    year, month = civil(dates[[0, -1]])
    later = (month >= WATER_YEAR_STARTS).astype(np.int64)
    return float(year[0] + later[0] - 0.25), float(year[1] + later[1] - 0.25 + 1)


@dataclass(frozen=True)
class Periods:
    """The periods of analysis that lie within a record.

    ``year`` (p,): calendar year of each period's middle, its name (water year 1980 = 1979-10..1980-09). ``start`` (p,):
    its first date. ``days`` (p,): days it has by the calendar. ``of_date`` (n,): which period a date is in, -1 for
    none.
    """

    year: Ints
    start: Dates
    days: Ints
    of_date: Ints


def periods(dates: Dates, start: int, months: int) -> Periods:
    """Periods of ``months`` months from month ``start`` whose first and last months are in the record (``setupYears``).

    ``dates`` (n,) sorted.
    """
    month = dates.astype("datetime64[M]").astype(np.int64)
    first = (month[0] - (start - 1) + 11) // 12 * 12 + (start - 1)
    starts = np.arange(first, month[-1] - months + 2, 12)
    begins = starts.astype("datetime64[M]").astype("datetime64[D]")
    ends = (starts + months).astype("datetime64[M]").astype("datetime64[D]")
    number = (month - first) // 12
    inside = (number >= 0) & (number < len(starts)) & ((month - first) % 12 < months)
    return Periods(
        year=(2 * starts + months) // 24 + 1970,
        start=begins,
        days=(ends - begins).astype(np.int64),
        of_date=np.where(inside, number, -1),
    )


def _is_leap(year: Ints) -> NDArray[np.bool_]:
    return np.asarray((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))
