"""Blocks stay together, every fold sees every part of the record, and scores are what their papers say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluation.series import NotAssessable
from evaluation.weather_normalisation.skill import (
    blocked_folds,
    cross_validate,
    importance,
    random_folds,
    scores,
)


def days(first: str, last: str) -> NDArray[np.datetime64]:
    return np.arange(first, last, dtype="datetime64[D]").astype("datetime64[us]")


def test_a_month_is_in_one_fold_and_each_run_of_five_months_in_all_five() -> None:
    at = days("2014-01-01", "2019-01-01")
    folds = blocked_folds(at, "month", 5)
    months = at.astype("datetime64[M]")
    per_month = [set(folds[months == month]) for month in np.unique(months)]
    assert all(len(fold) == 1 for fold in per_month)
    dealt = np.array([fold.pop() for fold in per_month]).reshape(12, 5)
    assert (np.sort(dealt, axis=1) == np.arange(5)).all()


def test_with_twelve_divisible_by_k_no_fold_is_left_with_the_same_calendar_months() -> None:
    at = days("2010-01-01", "2020-01-01")
    folds = blocked_folds(at, "month", 4)
    calendar = at.astype("datetime64[M]").astype(int) % 12
    assert all(len(np.unique(calendar[folds == fold])) > 9 for fold in range(4))


def test_a_block_of_seven_days_is_a_week_from_monday_and_does_not_move_with_the_start() -> None:
    # 2015-06-01 is a Monday
    folds = blocked_folds(days("2015-06-01", "2015-08-10"), 7, 5).reshape(10, 7)
    assert (folds == folds[:, :1]).all()
    late = blocked_folds(days("2015-06-03", "2015-08-10"), 7, 5)
    assert (late[:5] == late[0]).all()
    assert late[5] != late[4]


@given(
    st.lists(st.integers(0, 3000), min_size=150, max_size=200, unique=True),
    st.sampled_from(["month", 7, 14]),
    st.integers(2, 4),
)
def test_folds_depend_on_times_alone(offsets: list[int], block: str | int, k: int) -> None:
    at = np.datetime64("2012-01-01", "us") + np.array(offsets) * np.timedelta64(1, "D")
    folds = blocked_folds(at, block, k)  # type: ignore[arg-type]
    assert set(folds) == set(range(k))
    order = np.argsort(at)
    assert (blocked_folds(at[order], block, k) == folds[order]).all()  # type: ignore[arg-type]


def test_fewer_blocks_than_folds_is_not_assessable() -> None:
    with pytest.raises(NotAssessable, match="too_short: 4 blocks of one month cannot be dealt to 5 folds"):
        blocked_folds(days("2014-01-01", "2014-05-01"), "month", 5)


def test_random_folds_are_equally_large() -> None:
    assert np.bincount(random_folds(17, 5)).tolist() == [4, 4, 3, 3, 3]
    assert (random_folds(17, 5) == random_folds(17, 5)).all()


def test_scores_by_hand() -> None:
    found = scores(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 3.0, 4.0, 5.0]))
    # perfectly correlated, one too high: r2 does not see it, NSE = 1 − 1 / 1.25
    assert (found.rows, found.r2, found.rmse) == (4, pytest.approx(1.0), 1.0)
    assert found.nse == pytest.approx(0.2)
    flat = scores(np.array([1.0, 2.0]), np.array([1.5, 1.5]))
    assert (flat.r2, flat.nse) == (0.0, 0.0)


def test_shrinkage_is_seen_by_nse_and_not_by_r2() -> None:
    # as in the peer's own record (rmweather on London NO2, seed 1: r2 0.791, NSE 0.769)
    random = np.random.default_rng(0)
    observed = random.normal(size=1000)
    shrunk = 0.5 * observed + random.normal(0, 0.1, 1000)
    found = scores(observed, shrunk)
    assert found.r2 == pytest.approx(np.corrcoef(observed, shrunk)[0, 1] ** 2, abs=1e-12)
    assert found.nse < found.r2


def line(x: NDArray[np.float64], y: NDArray[np.float64]) -> object:
    weights = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    return lambda table: np.c_[table, np.ones(len(table))] @ weights


def test_every_row_is_predicted_without_having_been_seen_and_importance_finds_who_matters() -> None:
    random = np.random.default_rng(0)
    at = days("2014-01-01", "2016-01-01")
    x = random.normal(size=(len(at), 3))
    y = 2 * x[:, 0] + x[:, 1]
    folds = blocked_folds(at, "month", 5)
    seen: list[int] = []

    def fit(table: NDArray[np.float64], values: NDArray[np.float64]) -> object:
        seen.append(len(values))
        return line(table, values)

    validation = cross_validate(fit, x, y, folds)  # type: ignore[arg-type]
    assert seen == [len(at) - n for n in np.bincount(folds)]
    assert validation.scores.nse == pytest.approx(1.0)
    lost = importance(validation, x, y, ("strong", "weak", "none"))
    # shuffling doubles a predictor's variance in the error: 2 · 4 / 5 and 2 · 1 / 5 of the variance of y
    assert lost["strong"] == pytest.approx(1.6, abs=0.15)
    assert lost["weak"] == pytest.approx(0.4, abs=0.05)
    assert lost["none"] == pytest.approx(0.0, abs=1e-12)
    assert importance(validation, x, y, ("strong", "weak", "none")) == lost


def test_memory_of_the_neighbours_flatters_on_random_rows_only() -> None:
    # values that wander and have nothing to do with any weather: the nearest known time predicts them
    random = np.random.default_rng(0)
    at = days("2014-01-01", "2018-01-01")
    y = np.empty(len(at))
    y[0] = 0
    for i, kick in enumerate(random.normal(size=len(at) - 1)):
        y[i + 1] = 0.8 * y[i] + kick
    x = at.astype("datetime64[D]").astype(float)[:, None]

    def nearest(table: NDArray[np.float64], values: NDArray[np.float64]) -> object:
        return lambda asked: values[np.abs(table[:, 0] - asked).argmin(axis=1)]

    blocked = cross_validate(nearest, x, y, blocked_folds(at, "month", 5)).scores.nse  # type: ignore[arg-type]
    at_random = cross_validate(nearest, x, y, random_folds(len(y), 5)).scores.nse  # type: ignore[arg-type]
    assert at_random > 0.5
    assert blocked < 0.0
