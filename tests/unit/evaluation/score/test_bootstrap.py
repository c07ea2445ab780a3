"""Noise in whole blocks of days, around a skeleton whose truth is known."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.stats import t

from evaluation.known_truth.worlds import World
from evaluation.score.bootstrap import (
    block_correction,
    decorrelation_days,
    half_width,
    moving_blocks,
    replicate,
    skeleton,
)
from evaluation.weather_normalisation.backfit import design

DAY = timedelta(days=1)
CALENDAR = (date(2014, 1, 1), date(2014, 12, 31))


def days(n: int, first: str = "2014-01-01") -> np.ndarray:
    return (np.datetime64(first, "D") + np.arange(n)).astype("datetime64[us]")


@given(st.integers(1, 60), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_inside_a_block_day_follows_day(block: int, seed: int) -> None:
    source = moving_blocks(days(365), step=DAY, calendar=CALENDAR, block_days=block, replicates=2, seed=seed)
    assert source.shape == (2, 365)
    assert source.min() >= 0
    assert source.max() <= 364
    inside = np.arange(1, 365) % block != 0
    assert (np.diff(source, axis=1)[:, inside] == 1).all()


def test_hours_keep_their_clock_time() -> None:
    at = (np.datetime64("2014-01-01", "h") + np.arange(365 * 24)).astype("datetime64[us]")
    source = moving_blocks(at, step=timedelta(hours=1), calendar=CALENDAR, block_days=14, replicates=3, seed=1)
    assert (source % 24 == np.arange(at.size) % 24).all()


def test_stations_of_one_calendar_get_the_noise_of_the_same_days() -> None:
    # the second station starts in March and lacks every seventh day
    first, second = days(365), np.delete(days(306, "2014-03-01"), np.s_[::7])
    drawn = [
        at[moving_blocks(at, step=DAY, calendar=CALENDAR, block_days=28, replicates=5, seed=9)]
        for at in (first, second)
    ]
    both = np.isin(first, second)
    same = drawn[0][:, both] == drawn[1]
    available = np.isin(drawn[0][:, both], second)
    assert same[available].all()
    assert available.mean() > 0.5


def test_a_drawn_day_without_a_value_passes_the_draw_on_to_the_next() -> None:
    whole, gap = days(365), np.delete(days(365), np.s_[100:110])
    asked = moving_blocks(whole, step=DAY, calendar=CALENDAR, block_days=28, replicates=20, seed=3)
    asked = np.delete(asked, np.s_[100:110], axis=1)
    given_ = moving_blocks(gap, step=DAY, calendar=CALENDAR, block_days=28, replicates=20, seed=3)
    in_gap = (asked >= 100) & (asked < 110)
    assert in_gap.any()
    assert (gap[given_[in_gap]] == np.datetime64("2014-04-21")).all()
    assert (gap[given_[~in_gap]] == whole[asked[~in_gap]]).all()


@pytest.mark.parametrize(("phi", "lag"), [(0.0, 1), (0.5, 2), (0.8, 5)])
def test_decorrelation_of_an_autoregression(phi: float, lag: int) -> None:
    # phi^k < 1/e: 0.5² = 0.25, 0.8⁵ = 0.33
    noise = lfilter([1], [1, -phi], np.random.default_rng(1).normal(size=20_000))
    assert decorrelation_days(days(20_000), noise) == lag


def test_decorrelation_counts_calendar_days_over_gaps() -> None:
    noise = lfilter([1], [1, -0.8], np.random.default_rng(1).normal(size=20_000))
    keep = np.random.default_rng(2).random(20_000) > 0.3
    assert decorrelation_days(days(20_000)[keep], noise[keep]) == 5


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_the_correction_gives_back_what_blocks_take_from_the_variance_of_a_mean(phi: float) -> None:
    # A mean over a long series of independent blocks has the variance of a block's mean over the number of blocks;
    # exactly, for AR(1) with unit variance: Var(block mean) = (1 + 2 Σ (1 − k/ℓ) φ^k) / ℓ against (1+φ)/(1−φ) / ℓ.
    block, k = 28, np.arange(1, 28)
    of_blocks, whole = 1 + 2 * ((1 - k / block) * phi**k).sum(), (1 + phi) / (1 - phi)
    assert block_correction(phi, block) ** 2 == pytest.approx(whole / of_blocks, rel=1e-3)


def test_the_skeleton_is_exact_for_a_trend_a_season_and_a_declared_step(made: World) -> None:
    on = design(made.series, policy_dates=[date(2016, 3, 10)])
    month = on.cell_month.astype(np.int64)
    smooth = 3.0 - 0.01 * (month - month[0]) + 0.2 * np.cos(2 * np.pi * month / 12) - 0.3 * on.cell_segment
    fitted, degrees = skeleton(on, smooth)
    np.testing.assert_allclose(fitted, smooth, atol=1e-9)
    assert degrees == 5 + 4 + 1  # knots of four years, two harmonics, one step


def test_half_width_is_students_t_times_the_standard_deviation() -> None:
    errors = np.random.default_rng(1).normal(size=(50, 2))
    expected = t.ppf(0.95, 30) * errors.std(axis=0, ddof=1)
    np.testing.assert_allclose(half_width(errors, confidence=0.90, degrees=30), expected, rtol=1e-12)


def test_replicates_scatter_about_their_truth_as_the_noise_of_months_does(made: World) -> None:
    on = design(made.series)
    fit = on.fit(np.log(made.series.frame["value"].drop_nulls().to_numpy()))
    calendar = (date(2014, 1, 1), date(2017, 12, 31))
    drawn = replicate(on, fit, step=DAY, calendar=calendar, block_days=28, replicates=25, seed=1)
    noise = (made.months["oracle_log"] - made.months["truth_log"]).to_numpy().std()
    assert drawn.errors.shape == (25, 48)
    assert drawn.errors.std() == pytest.approx(noise, rel=0.35)
    assert drawn.degrees == 48 - 9
    assert drawn.draw == "seed 1, 2014-01-01..2017-12-31, blocks of 28 days, 25 replicates"
