"""An ensemble read from a library predicts what the library predicts."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor

from evaluation.weather_normalisation.trees import Ensemble, UnsupportedModelError, from_lightgbm, from_sklearn

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]


def rows(seed: int = 0, n: int = 400, gaps: float = 0.1) -> Rows:
    """Four predictors with exact zeros and gaps, and a target that needs all of them."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 4))
    x[random.random(x.shape) < 0.1] = 0.0
    y = x[:, 0] + x[:, 1] * x[:, 2] + np.sin(3 * x[:, 3]) + random.normal(0, 0.1, n)
    x[random.random(x.shape) < gaps] = np.nan
    return x, y


def boost(x: NDArray[np.float64], y: NDArray[np.float64], **parameters: object) -> lightgbm.Booster:
    settings = {"num_leaves": 12, "min_data_in_leaf": 3, "num_threads": 1, "verbose": -1, **parameters}
    return lightgbm.train(settings, lightgbm.Dataset(x, y), 15)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"zero_as_missing": True},
        {"use_missing": False},
        {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1},
        {"boosting": "dart"},
        {"objective": "huber"},
        {"boost_from_average": False},
        {"extra_trees": True},
    ],
    ids=str,
)
def test_lightgbm_routes_numbers_zeros_and_gaps_as_it_says(parameters: dict[str, object]) -> None:
    x, y = rows()
    booster = boost(x, y, **parameters)
    unseen, _ = rows(seed=1)
    unseen[0], unseen[1] = np.nan, 0.0
    unseen[2] = 1e-36  # zero to LightGBM, though not to the computer
    np.testing.assert_allclose(from_lightgbm(booster).predict(unseen), booster.predict(unseen), rtol=0, atol=1e-12)


def test_gaps_that_training_never_saw_count_as_zero_in_lightgbm() -> None:
    x, y = rows(gaps=0.0)
    booster = boost(x, y)
    unseen, _ = rows(seed=1, gaps=0.3)
    ensemble = from_lightgbm(booster)
    np.testing.assert_allclose(ensemble.predict(unseen), booster.predict(unseen), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(ensemble.predict(unseen), ensemble.predict(np.nan_to_num(unseen, nan=0.0)))


def test_lightgbm_stops_where_its_own_prediction_stops() -> None:
    x, y = rows()
    booster = boost(x, y)
    booster.best_iteration = 4
    assert len(from_lightgbm(booster).nodes.roots) == 4
    np.testing.assert_allclose(from_lightgbm(booster).predict(x), booster.predict(x), rtol=0, atol=1e-12)


def test_a_tree_without_a_split_is_its_mean() -> None:
    x = np.zeros((30, 4))
    booster = boost(x, np.arange(30.0))
    assert from_lightgbm(booster).predict(x[:2]).tolist() == [14.5, 14.5]


@pytest.mark.parametrize(
    "model",
    [
        RandomForestRegressor(15, max_features=2, random_state=0),
        RandomForestRegressor(5, criterion="absolute_error", max_depth=4, random_state=0),
        ExtraTreesRegressor(15, max_features=2, random_state=0),
        DecisionTreeRegressor(random_state=0),
        ExtraTreeRegressor(random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_sklearn_forests_with_gaps(model: RandomForestRegressor) -> None:
    x, y = rows()
    model.fit(x, y)
    unseen, _ = rows(seed=1)
    np.testing.assert_allclose(from_sklearn(model).predict(unseen), model.predict(unseen), rtol=0, atol=1e-12)


def test_sklearn_compares_what_float32_leaves_of_a_number() -> None:
    # seconds since 1970 are 64 or 128 apart in float32: the split between these two is decided after rounding
    seconds = np.array([[1.5e9], [1.5e9 + 3600]])
    tree = DecisionTreeRegressor().fit(seconds, [0.0, 1.0])
    near = (1.5e9 + 1800 + np.arange(-100.0, 100.0))[:, None]
    np.testing.assert_array_equal(from_sklearn(tree).predict(near), tree.predict(near))
    exact = from_sklearn(tree)
    doubles = Ensemble(**{**vars(exact), "single_precision": False})
    assert not np.array_equal(doubles.predict(near), tree.predict(near))


def test_what_cannot_be_read_exactly_is_refused_with_a_way_out() -> None:
    x, y = rows(gaps=0.0)
    x[:, 3] = np.arange(len(x)) % 7
    with pytest.raises(UnsupportedModelError, match="weekday and hour as numbers"):
        from_lightgbm(lightgbm.train({"verbose": -1}, lightgbm.Dataset(x, x[:, 3] % 2, categorical_feature=[3]), 3))
    with pytest.raises(UnsupportedModelError, match="objective='regression'"):
        from_lightgbm(boost(x, np.abs(y), objective="poisson"))
    with pytest.raises(UnsupportedModelError, match="objective='regression'"):
        from_lightgbm(boost(x, np.abs(y), reg_sqrt=True))
    with pytest.raises(UnsupportedModelError, match="linear_tree=False"):
        from_lightgbm(lightgbm.train({"linear_tree": True, "verbose": -1}, lightgbm.Dataset(x, y), 3))
    with pytest.raises(UnsupportedModelError, match="several outputs"):
        from_sklearn(RandomForestRegressor(2).fit(x, np.c_[y, y]))
    with pytest.raises(UnsupportedModelError, match="HistGradientBoostingRegressor is not a forest"):
        from_sklearn(HistGradientBoostingRegressor(max_iter=1).fit(x, y))
    with pytest.raises(ValueError, match="trained on 4 columns, the table has shape"):
        from_sklearn(DecisionTreeRegressor().fit(x, y)).predict(x[:, :3])
