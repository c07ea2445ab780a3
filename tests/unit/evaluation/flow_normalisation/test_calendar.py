"""EGRET's calendar, against values in its own tables and the civil calendar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.flow_normalisation.calendar import day_slot, decimal_year, periods, water_year_bounds


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def span(first: str, last: str) -> np.ndarray:
    return np.arange(np.datetime64(first), np.datetime64(last) + 1)


def test_march_begins_on_day_61_of_every_year() -> None:
    dates = days("2019-02-28", "2019-03-01", "2020-02-29", "2020-03-01", "2019-12-31", "2020-12-31", "1979-10-24")
    assert day_slot(dates).tolist() == [59, 61, 60, 61, 366, 366, 298]


def test_decimal_year_of_the_first_choptank_sample() -> None:
    # choptank_egret_sample_cv.csv, columns Date and DecYear
    assert decimal_year(days("1979-10-24"))[0] == pytest.approx(1979.81284153005, abs=1e-11)
    assert decimal_year(days("1979-10-24"), "elapsed")[0] == 1979 + 296.5 / 365
    assert decimal_year(days("2020-03-01"), "elapsed")[0] == 2020 + 60.5 / 366


@given(st.dates().filter(lambda day: 1700 < day.year < 2300))
def test_the_two_conventions_differ_by_less_than_a_day(day) -> None:
    both = [decimal_year(days(day.isoformat()), how)[0] for how in ("leap_slots", "elapsed")]
    assert abs(both[0] - both[1]) < 1 / 366


def test_bounds_are_those_of_the_water_years() -> None:
    assert water_year_bounds(days("1979-10-24", "2011-09-29")) == (1979.75, 2011.75)
    assert water_year_bounds(days("1980-09-30", "2011-10-01")) == (1979.75, 2012.75)
    assert water_year_bounds(days("1980-01-01", "1980-12-31")) == (1979.75, 1981.75)


def test_water_years_are_named_by_their_end() -> None:
    dates = span("1979-10-01", "1982-08-31")
    years = periods(dates, 10, 12)
    assert years.year.tolist() == [1980, 1981]  # 1982 lacks September
    assert years.start.astype(str).tolist() == ["1979-10-01", "1980-10-01"]
    assert years.days.tolist() == [366, 365]
    assert np.bincount(years.of_date + 1).tolist() == [335, 366, 365]


def test_calendar_years_and_winters() -> None:
    dates = span("2019-11-15", "2022-03-03")
    calendar = periods(dates, 1, 12)
    assert (calendar.year.tolist(), calendar.days.tolist()) == ([2020, 2021], [366, 365])
    winter = periods(dates, 12, 3)
    assert winter.year.tolist() == [2020, 2021, 2022]
    assert winter.days.tolist() == [91, 90, 90]
    assert set(dates[winter.of_date == 0].astype("datetime64[M]").astype(str)) == {"2019-12", "2020-01", "2020-02"}


@given(st.integers(1, 12), st.integers(1, 12), st.dates().filter(lambda d: 1900 < d.year < 2100), st.integers(1, 3000))
def test_every_date_of_a_whole_period_is_in_it(start: int, months: int, first, length: int) -> None:
    dates = np.datetime64(first) + np.arange(length)
    found = periods(dates, start, months)
    count = np.bincount(found.of_date[found.of_date >= 0], minlength=len(found.year))
    whole = (found.start >= dates[0]) & (found.start + found.days - 1 <= dates[-1])
    assert (count[whole] == found.days[whole]).all()
    assert (count <= found.days).all()
    month = dates.astype("datetime64[M]").astype(int) % 12
    assert (((month - (start - 1)) % 12 < months) | (found.of_date < 0)).all()
