"""Air quality computed a second time: plain loops over exact fractions, from the text of the standards.

Nothing here is shared with the dbt project, the editions or the catalog: breakpoints and limits are typed in again, so
that a mistake has to be made twice to go unseen. Slow and small on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

DIGITS = {"pm25": 0, "pm10": 0, "so2": 0, "no2": 0, "o3": 0, "co": 1}
NAMES = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "o3": "O3", "co": "CO"}
IAQI = (0, 50, 100, 150, 200, 300, 400, 500)
# HJ 633-2012 table 1; HJ 633-2026 changes the third breakpoint of the two PM only.
BREAKPOINTS_2012 = {
    "pm25": (0, 35, 75, 115, 150, 250, 350, 500),
    "pm10": (0, 50, 150, 250, 350, 420, 500, 600),
    "so2": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "no2": (0, 40, 80, 180, 280, 565, 750, 940),
    "co": (0, 2, 4, 14, 24, 36, 48, 60),
    "o3_8h": (0, 100, 160, 215, 265, 800),
    "o3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
}
BREAKPOINTS_2026 = BREAKPOINTS_2012 | {
    "pm25": (0, 35, 60, 115, 150, 250, 350, 500),
    "pm10": (0, 50, 120, 250, 350, 420, 500, 600),
}
# GB 3095 grade II: annual for the first four, daily for CO, daily maximum 8-h for O3
LIMITS_2012 = {"pm25": 35, "pm10": 70, "so2": 60, "no2": 40, "co": 4, "o3": 160}
LIMITS_2026 = LIMITS_2012 | {"pm25": 30, "pm10": 60}

# (station, pollutant) → label (end of the hour, local) → value
Observations = Mapping[tuple[str, str], Mapping[datetime, Decimal]]


def half_even(value: Fraction | None, digits: int = 0) -> Decimal | None:
    """GB/T 8170 on the exact value."""
    if value is None:
        return None
    units, rest = divmod(value * 10**digits, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and units % 2 == 1)
    return Decimal(int(units) + up).scaleb(-digits)


def mean(values: Iterable[Fraction | Decimal]) -> Fraction:
    """Exact mean of at least one value."""
    known = [Fraction(v) for v in values]
    return sum(known, Fraction(0)) / len(known)


def percentile(values: Iterable[Fraction], p: Fraction) -> Fraction:
    """HJ 663 annex A: k = 1 + (n - 1) p, linear between X(s) and X(s + 1)."""
    known = sorted(values)
    k = 1 + (len(known) - 1) * p
    s = math.floor(k)
    return known[s - 1] + (known[min(s, len(known) - 1)] - known[s - 1]) * (k - s)


@dataclass(frozen=True)
class Day:
    """Daily values of a station or a city, unrounded; None = not valid."""

    values: Mapping[str, Fraction | None]
    o3_1h: Fraction | None


@dataclass(frozen=True)
class Index:
    """What a daily report says."""

    aqi: int | None
    primary: str | None


def station_day(observations: Observations, station: str, day: date) -> Day:
    """Means of 20 hours and more; ozone by the windows that end at 08:00 to 24:00."""
    hours = {
        pollutant: [observations[station, pollutant].get(_label(day, hour)) for hour in range(1, 25)]
        for pollutant in DIGITS
    }
    values: dict[str, Fraction | None] = {}
    for pollutant, read in hours.items():
        known = [v for v in read if v is not None]
        values[pollutant] = mean(known) if len(known) >= 20 else None
    ozone = hours["o3"]
    windows = [[v for v in ozone[end - 8 : end] if v is not None] for end in range(8, 25)]
    valid = [mean(window) for window in windows if len(window) >= 6]
    greatest = max(valid, default=None)
    exceeds = greatest is not None and (half_even(greatest) or 0) > 160
    values["o3"] = greatest if len(valid) >= 14 or exceeds else None
    known = [v for v in ozone if v is not None]
    return Day(values, Fraction(max(known)) if len(known) >= 20 else None)


def city_day(days: list[Day]) -> Day:
    """Mean of the valid points: 75 % of them, 50 % where there are fewer than four."""
    return Day(
        {pollutant: _of_points([d.values[pollutant] for d in days]) for pollutant in DIGITS},
        _of_points([d.o3_1h for d in days]),
    )


def index(day: Day, edition: int) -> Index:
    """AQI and primary pollutants of a day under HJ 633-2012 or -2026."""
    table = BREAKPOINTS_2012 if edition == 2012 else BREAKPOINTS_2026
    iaqis = {p: _iaqi(v, DIGITS[p], table[p], fixed=False) for p, v in day.values.items() if p != "o3"}
    ozone = [_iaqi(day.values["o3"], 0, table["o3_8h"], fixed=edition == 2026)]
    if edition == 2012:
        ozone.append(_iaqi(day.o3_1h, 0, table["o3_1h"], fixed=False))
    iaqis["o3"] = max((i for i in ozone if i is not None), default=None)
    known = {p: i for p, i in iaqis.items() if i is not None}
    largest = max(known.values(), default=None)
    whole = len([p for p in known if p != "o3"]) == 5 and ozone[0] is not None
    if largest is None or (not whole and largest <= 100):
        return Index(None, None)
    primary = ",".join(NAMES[p] for p in DIGITS if known.get(p) == largest) if largest > 50 else None
    return Index(largest, primary)


def month_is_valid(days_valid: int, month: date) -> bool:
    """27 days, February 25 (GB 3095 table 4)."""
    return days_valid >= (25 if month.month == 2 else 27)


def composite(days: list[Day], limits: Mapping[str, int]) -> Fraction:
    """Sum of C / S: means, the 95th percentile for CO, the 90th for O3."""
    total = Fraction(0)
    for pollutant, limit in limits.items():
        known = [v for d in days if (v := d.values[pollutant]) is not None]
        share = {"co": Fraction(95, 100), "o3": Fraction(90, 100)}.get(pollutant)
        total += (mean(known) if share is None else percentile(known, share)) / limit
    return total


def days_of(month: date) -> list[date]:
    """The days of the month that begins on ``month``."""
    first = datetime(month.year, month.month, 1)  # noqa: DTZ001 - a calendar, not an instant
    return [d.date() for n in range(31) if (d := first + timedelta(days=n)).month == month.month]


def _label(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(hours=hour)  # noqa: DTZ001 - local labels


def _of_points(values: list[Fraction | None]) -> Fraction | None:
    known = [v for v in values if v is not None]
    enough = Fraction(1, 2) if len(values) < 4 else Fraction(3, 4)
    return mean(known) if known and len(known) >= enough * len(values) else None


def _iaqi(value: Fraction | None, digits: int, table: tuple[int, ...], *, fixed: bool) -> int | None:
    """The standard's piecewise line, rounded up; above the table 500, the last IAQI if fixed, none if it ends early."""
    rounded = half_even(value, digits)
    if rounded is None:
        return None
    c = Fraction(rounded)
    if c > table[-1]:
        return IAQI[len(table) - 1] if fixed or len(table) == len(IAQI) else None
    high = next(n for n in range(1, len(table)) if c <= table[n])
    slope = Fraction(IAQI[high] - IAQI[high - 1], table[high] - table[high - 1])
    return math.ceil(slope * (c - table[high - 1]) + IAQI[high - 1])
