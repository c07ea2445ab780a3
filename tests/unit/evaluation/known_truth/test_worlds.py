"""A world is worth nothing unless its truth follows from its own parameters."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from evaluation.known_truth.worlds import FAMILIES, NULL_FAMILIES, STEP_FAMILIES, World, world

YEARS = 4
BASE, EVALUATION = (date(2014, 1, 1), date(2015, 1, 1)), (date(2017, 1, 1), date(2018, 1, 1))


@pytest.fixture(scope="module")
def weather() -> pl.DataFrame:
    """Four years of made-up weather with seasons and noise."""
    draw = np.random.default_rng(5)
    at = pl.datetime_range(date(2014, 1, 1), date(2018, 1, 1), "1d", closed="left", eager=True).alias("at")
    n, year = at.len(), 2 * np.pi * np.arange(at.len()) / 365.25
    return pl.DataFrame(
        {
            "at": at,
            "temperature_c": 17 - 11 * np.cos(year) + draw.normal(0, 3, n),
            "humidity_percent": 70 + draw.normal(0, 12, n),
            "wind_speed_m_s": draw.gamma(4, 0.6, n),
            "wind_direction_deg": draw.uniform(0, 360, n),
            "rain_mm": draw.gamma(0.2, 20, n),
        }
    )


def change(made: World, month: date, years: int = 3) -> float:
    """Log change of the truth of one calendar month."""
    truth = dict(made.months.select("month", "truth_log").iter_rows())
    return truth[month.replace(year=month.year + years)] - truth[month]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_seed_gives_the_same_digits_and_another_seed_another_world(weather: pl.DataFrame, family: str) -> None:
    first, again, other = world(weather, family, 3), world(weather, family, 3), world(weather, family, 4)
    assert first.series.frame.equals(again.series.frame)
    assert first.months.equals(again.months)
    assert not first.series.frame["value"].equals(other.series.frame["value"])


@pytest.mark.parametrize("family", NULL_FAMILIES)
def test_nobody_did_anything_in_a_null_world(weather: pl.DataFrame, family: str) -> None:
    made = world(weather, family, 1)
    assert made.effort_log(BASE, EVALUATION, column="truth_log") == pytest.approx(0.0, abs=1e-12)
    assert made.policy_date is None


def test_a_step_changes_every_calendar_month_by_the_same_factor(weather: pl.DataFrame) -> None:
    made = world(weather, "step", 2)
    changes = [change(made, date(2014, m, 1)) for m in range(1, 13)]
    assert np.ptp(changes) < 1e-12
    assert np.log(0.7) <= changes[0] <= np.log(0.9)
    assert made.effort_log(BASE, EVALUATION, column="truth_log") == pytest.approx(changes[0], abs=1e-12)


def test_a_seasonal_policy_leaves_the_summer_alone(weather: pl.DataFrame) -> None:
    made = world(weather, "seasonal_policy", 2)
    for month in range(1, 13):
        expected = np.log(0.7) if month in (11, 12, 1, 2, 3) else 0.0
        assert change(made, date(2014, month, 1)) == pytest.approx(expected, abs=1e-12)


def test_background_makes_the_visible_step_smaller_than_that_of_emissions(weather: pl.DataFrame) -> None:
    # 28 emitted and 12 from elsewhere: cutting the 28 by 30 % is −21.0 % on an average day (11_effort_methods.md §2,
    # S5); the AR noise, which only the emitted part carries, adds a little to the 28.
    made = world(weather, "background", 2)
    assert made.effort_log(BASE, EVALUATION, column="truth_log") == pytest.approx(np.log(1 - 0.21), abs=0.01)


def test_the_oracle_differs_from_the_truth_by_the_noise_alone(weather: pl.DataFrame) -> None:
    made = world(weather, "step", 2)
    noise = (made.months["oracle_log"] - made.months["truth_log"]).to_numpy()
    assert 0.03 < noise.std() < 0.16
    # the median of log-normal noise lies sd²/2 (0.02–0.06) below its mean, which is the truth
    assert -0.10 < noise.mean() < 0.02


@pytest.mark.parametrize(("family", "sign"), [("null_drift", 1), ("adverse", -1), ("null", 0)])
def test_wind_drifts_by_a_quarter_where_the_family_says_so(weather: pl.DataFrame, family: str, sign: int) -> None:
    seen = world(weather, family, 1).series.frame["wind_speed_m_s"]
    given = weather["wind_speed_m_s"][: seen.len()]
    assert seen[0] == given[0]
    assert seen[-1] / given[seen.len() - 1] == pytest.approx(1 + 0.25 * sign, abs=0.001)


@pytest.mark.parametrize("family", STEP_FAMILIES)
def test_the_step_lies_between_the_first_and_the_last_year(weather: pl.DataFrame, family: str) -> None:
    for seed in range(8):
        when = world(weather, family, seed).policy_date
        assert when is not None
        assert BASE[1] < when < EVALUATION[0]


def test_the_series_is_daily_positive_and_has_gaps(weather: pl.DataFrame) -> None:
    made = world(weather, "trend", 1)
    assert made.series.step == timedelta(days=1)
    assert made.series.frame["value"].min() > 0
    assert 0.005 < made.series.frame["value"].is_null().mean() < 0.05


def test_less_than_three_years_of_weather_are_refused(weather: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match="36 months of weather, got 12"):
        world(weather.head(365), "null", 1)
