"""Which weather a pool does not hold."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.weather_normalisation.pool import Pool, pool
from evaluation.weather_normalisation.reach import reach
from tests.unit.evaluation.weather_normalisation.worlds import clock


def weather(years: int, seed: int) -> pl.DataFrame:
    """Wind and heat that never come together: strong wind is cold."""
    random = np.random.default_rng(seed)
    at = pl.datetime_range(clock("2010-01-01"), clock(f"{2010 + years}-01-01"), "1d", closed="left", eager=True)
    common = random.uniform(-2, 2, len(at))
    near = random.normal(0, 0.1, len(at))
    return pl.DataFrame({"at": at, "heat": 15 - 5 * common, "wind": 4 + common + near})


def frozen() -> Pool:
    return pool("five years", weather(5, 1), ["wind", "heat"])


def test_rows_of_the_pool_itself_are_inside() -> None:
    found = reach(frozen(), weather(5, 1))
    assert found.outside == {"heat": 0.0, "wind": 0.0}
    assert (found.outside_any, found.far, found.missing) == (0.0, 0.0, 0.0)


def test_other_years_of_the_same_climate_are_far_in_about_one_row_of_a_hundred() -> None:
    found = reach(frozen(), weather(5, 2))
    assert 0.002 < found.far < 0.02
    assert found.outside_any < 0.005


def test_each_range_is_judged_where_the_variable_is_known() -> None:
    frame = pl.DataFrame({"wind": [3.0, 99.0, None, 4.0], "heat": [20.0, 15.0, 40.0, None]})
    found = reach(frozen(), frame)
    assert found.outside == {"heat": 1 / 3, "wind": 1 / 3}
    assert (found.rows, found.outside_any, found.missing) == (4, 0.5, 0.5)
    assert found.far == 0.5  # of the two rows known in both, the gale


def test_a_hot_gale_is_inside_both_ranges_and_yet_nothing_like_the_pool() -> None:
    found = reach(frozen(), pl.DataFrame({"wind": [5.9], "heat": [24.0]}))
    assert (found.outside_any, found.far) == (0.0, 1.0)


def test_a_pool_of_four_months_cannot_say_how_far_is_far() -> None:
    short = pool("short", weather(1, 1).head(120), ["wind", "heat"])
    assert reach(short, weather(1, 1)).far is None
    with pytest.raises(ValueError, match="no row"):
        reach(short, weather(1, 1).head(0))
