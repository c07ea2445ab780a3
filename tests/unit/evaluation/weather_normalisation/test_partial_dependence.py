"""The exact average equals the average over every pair of row and pool row, computed by the library itself."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

from evaluation.weather_normalisation.partial_dependence import YEAR, Window, partial_dependence
from evaluation.weather_normalisation.trees import Ensemble, from_lightgbm, from_sklearn

FEATURES = 4


def test_a_tree_small_enough_to_do_by_hand() -> None:
    # wind <= 2 ? (time <= 10 ? 8 : 4) : 2, over a pool with one calm row in four
    x = np.array([[1.0, 5.0], [1.0, 15.0], [3.0, 5.0], [3.0, 15.0]])
    tree = from_sklearn(DecisionTreeRegressor(random_state=0).fit(x, [8.0, 4.0, 2.0, 2.0]))
    pool = np.array([[1.0, np.nan], [3.0, np.nan], [3.0, np.nan], [9.0, np.nan]])
    rows = np.array([[np.nan, 20.0], [np.nan, 0.0], [np.nan, 10.0], [np.nan, 10.5]])
    assert partial_dependence(tree, rows, pool, kept=[1]).tolist() == [2.5, 3.5, 3.5, 2.5]
    # kept wind, times of the pool: the mean of 8 and 4 in calm, 2 otherwise
    times = np.array([[np.nan, 1.0], [np.nan, 30.0]])
    assert partial_dependence(tree, np.array([[0.0, np.nan], [5.0, np.nan]]), times, kept=[0]).tolist() == [6.0, 2.0]
    assert partial_dependence(tree, x, x, kept=[]).tolist() == [4.0] * 4
    assert partial_dependence(tree, x, x, kept=[0, 1]).tolist() == [8.0, 4.0, 2.0, 2.0]


def holes(random: np.random.Generator, n: int, gaps: float) -> NDArray[np.float64]:
    """Few distinct values, so that rows meet thresholds and each other; zeros and gaps among them."""
    x = random.integers(-6, 7, size=(n, FEATURES)) / 2
    x[random.random(x.shape) < gaps] = np.nan
    return x


def trained(kind: str, seed: int, gaps: float) -> tuple[object, Ensemble]:
    random = np.random.default_rng(seed)
    x = holes(random, 120, gaps)
    y = np.nansum(x * random.normal(size=FEATURES), axis=1) + np.nan_to_num(x[:, 0] * x[:, 1]) + random.normal(size=120)
    if kind.startswith("lightgbm"):
        missing = {"lightgbm": {}, "lightgbm zero": {"zero_as_missing": True}, "lightgbm none": {"use_missing": False}}
        base = {"num_leaves": 9, "min_data_in_leaf": 2, "num_threads": 1, "verbose": -1, "seed": seed}
        booster = lightgbm.train({**base, **missing[kind]}, lightgbm.Dataset(x, y), 8)
        return booster, from_lightgbm(booster)
    forest = {"random": RandomForestRegressor, "extra": ExtraTreesRegressor}[kind]
    model = forest(6, max_features=2, random_state=seed, n_jobs=1).fit(x, y)
    return model, from_sklearn(model)


def by_brute_force(
    model: object, rows: NDArray[np.float64], pool: NDArray[np.float64], kept: list[int]
) -> NDArray[np.float64]:
    """The library's prediction (rows, pool) with the kept columns of each row in every pool row."""
    table = np.tile(pool, (len(rows), 1))
    table[:, kept] = np.repeat(rows[:, kept], len(pool), axis=0)
    return model.predict(table).reshape(len(rows), len(pool))  # type: ignore[attr-defined]


@settings(max_examples=80, deadline=None)
@given(
    kind=st.sampled_from(["lightgbm", "lightgbm zero", "lightgbm none", "random", "extra"]),
    seed=st.integers(0, 2**16),
    kept=st.sets(st.integers(0, FEATURES - 1)),
    trained_with_gaps=st.booleans(),
    gaps=st.sampled_from([0.0, 0.2]),
    days=st.integers(0, 182),
    hours=st.sampled_from([1, 3]),
)
def test_exact_average_equals_brute_force_in_all_three_pools(  # noqa: PLR0917 – what hypothesis draws
    kind: str, seed: int, kept: set[int], trained_with_gaps: bool, gaps: float, days: int, hours: int
) -> None:
    model, ensemble = trained(kind, seed, 0.2 if trained_with_gaps else 0.0)
    random = np.random.default_rng(seed + 1)
    rows, pool = holes(random, 25, gaps), holes(random, 40, gaps)
    pairs = by_brute_force(model, rows, pool, sorted(kept))
    # one kept variable: unconstrained; several: weather only
    exact = partial_dependence(ensemble, rows, pool, sorted(kept))
    np.testing.assert_allclose(exact, pairs.mean(axis=1), rtol=0, atol=1e-10)

    window = Window(
        *(random.integers(0, hours, 25), random.integers(0, YEAR, 25)),
        *(random.integers(0, hours, 40), random.integers(0, YEAR, 40)),
        days,
    )
    apart = np.abs(window.row_day[:, None] - window.pool_day)
    near = (np.minimum(apart, YEAR - apart) <= days) & (window.row_hour[:, None] == window.pool_hour)
    by_row = zip(pairs, near, strict=True)
    expected = np.array([pair[inside].mean() if inside.any() else np.nan for pair, inside in by_row])
    np.testing.assert_allclose(
        partial_dependence(ensemble, rows, pool, sorted(kept), window), expected, rtol=0, atol=1e-10
    )


@pytest.mark.parametrize("kept", [[0], [0, 2]])
def test_neither_the_order_of_rows_nor_a_pool_repeated_changes_a_digit(kept: list[int]) -> None:
    _, ensemble = trained("lightgbm", 3, 0.2)
    random = np.random.default_rng(0)
    rows, pool = holes(random, 50, 0.0), holes(random, 64, 0.2)
    first = partial_dependence(ensemble, rows, pool, kept)
    order = random.permutation(50)
    shuffled = partial_dependence(ensemble, rows[order], random.permutation(pool), kept)
    np.testing.assert_array_equal(shuffled, first[order])
    np.testing.assert_array_equal(partial_dependence(ensemble, rows, np.tile(pool, (2, 1)), kept), first)


def test_a_row_alone_in_the_year_has_no_weather_to_average_over() -> None:
    _, ensemble = trained("extra", 1, 0.0)
    random = np.random.default_rng(0)
    rows, pool = holes(random, 3, 0.0), holes(random, 2, 0.0)
    day, none = np.array([364, 30, 0]), np.zeros(3, dtype=np.int64)
    window = Window(none, day, none[:2], np.array([3, 359]), 4)
    found = partial_dependence(ensemble, rows, pool, [0], window)
    # 31 December reaches 4 January but not 26 December; 1 January reaches 4 January; 31 January reaches nobody
    pairs = ensemble.predict(np.c_[rows[[0, 2], :1], np.tile(pool[0, 1:], (2, 1))])
    np.testing.assert_allclose(found[[0, 2]], pairs, atol=1e-12)
    assert np.isnan(found[1])


def test_impossible_requests_are_refused() -> None:
    _, ensemble = trained("extra", 1, 0.0)
    table = np.zeros((3, FEATURES))
    day = np.zeros(3, dtype=np.int64)
    with pytest.raises(ValueError, match="pool is empty"):
        partial_dependence(ensemble, table, table[:0], [0])
    with pytest.raises(ValueError, match="does not fit into a year"):
        partial_dependence(ensemble, table, table, [0], Window(day, day, day, day, 183))
    with pytest.raises(ValueError, match="days from 0 to 364"):
        partial_dependence(ensemble, table, table, [0], Window(day, day + YEAR, day, day))
    with pytest.raises(ValueError, match="hour and day of every row"):
        partial_dependence(ensemble, table, table, [0], Window(day[:2], day, day, day))
