"""The clock as numbers, and what each estimand keeps."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from evaluation.weather_normalisation.predictors import hour_and_day, predictors
from tests.unit.evaluation.weather_normalisation.worlds import clock


def test_the_clock_of_the_first_london_row_is_the_one_rmweather_computed() -> None:
    # london_rmweather_seed1_split.csv, row 1: date_unix 869097600, day_julian 198, weekday 4
    frame = pl.DataFrame({"at": [clock("1997-07-17")], "ws": [2.95]})
    columns = predictors(["ws"], timedelta(days=1))
    assert columns.names == ("ws", "date_unix", "day_julian", "weekday")
    assert columns.table(frame).tolist() == [[2.95, 869097600.0, 198.0, 4.0]]


def test_hour_joins_when_steps_are_shorter_than_a_day_and_missing_weather_is_nan() -> None:
    frame = pl.DataFrame({"at": [clock("2020-12-31T23")], "ws": pl.Series([None], dtype=pl.Float64)})
    columns = predictors(["ws"], timedelta(hours=1))
    assert columns.clock == ("date_unix", "day_julian", "weekday", "hour")
    np.testing.assert_array_equal(columns.table(frame), [[np.nan, 1609455600.0, 366.0, 4.0, 23.0]])


def test_what_is_kept() -> None:
    columns = predictors(["ws", "wd"], timedelta(days=1))
    assert columns.kept("unconstrained") == (2,)
    assert columns.kept("weather_only") == columns.kept("windowed") == (2, 3, 4)


def test_weather_that_is_absent_is_named() -> None:
    with pytest.raises(ValueError, match="weather rh is not in the table, which has at, ws"):
        predictors(["ws", "rh"], timedelta(days=1)).table(pl.DataFrame({"at": [clock("2020-01-01")], "ws": [1.0]}))


def test_the_circular_year_has_365_days_whatever_the_year() -> None:
    days = {
        clock("2019-01-01"): 0,
        clock("2019-02-28T05"): 58,
        clock("2020-02-29"): 58,
        clock("2019-03-01"): 59,
        clock("2020-03-01T23"): 59,
        clock("2020-12-31"): 364,
        clock("2019-12-31"): 364,
    }
    hour, day = hour_and_day(pl.Series(list(days)))
    assert day.tolist() == list(days.values())
    assert hour.tolist() == [0, 5, 0, 0, 23, 0, 0]
    every = pl.datetime_range(clock("2019-01-01"), clock("2019-12-31"), "1d", eager=True)
    assert hour_and_day(every)[1].tolist() == list(range(365))
