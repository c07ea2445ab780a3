"""Optimised weights: correlations with the index as targeted, never below zero, nearer than the peer's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.weighting.balanced import balanced_weights
from evaluation.weighting.given import WeightingError

SCORES = np.random.default_rng(20).normal(size=(40, 4)) @ np.array(
    [[1, 0.3, 0, 0.2], [0, 1, 0.4, 0], [0, 0, 2, 0.1], [0, 0, 0, 5]]
)


@pytest.mark.parametrize("targets", [None, [1, 1, 1, 1], [3, 2, 2, 1], [0.2, 0.5, 0.6, 0.4]])
def test_correlations_with_the_index_are_proportional_to_the_targets(targets) -> None:
    found = balanced_weights(SCORES, targets)
    index = SCORES @ found.weights
    correlations = np.array([np.corrcoef(column, index)[0, 1] for column in SCORES.T])
    np.testing.assert_allclose(found.correlations, correlations, rtol=1e-9)
    wanted = np.ones(4) if targets is None else np.array(targets)
    np.testing.assert_allclose(correlations / correlations.sum(), wanted / wanted.sum(), rtol=1e-9)


def test_where_the_target_is_out_of_reach_no_other_weights_come_nearer() -> None:
    # the second indicator runs with the first and against the third: equal correlations would need a negative weight
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 60))
    scores = np.column_stack([a, a + 0.2 * b, b - 0.9 * a])

    def cosine(weights: np.ndarray) -> np.ndarray:
        index = scores @ weights.T
        r = np.array([[np.corrcoef(c, i)[0, 1] for i in index.T] for c in scores.T])
        return r.sum(axis=0) / np.sqrt(3 * (r**2).sum(axis=0))

    found = balanced_weights(scores)
    assert (found.weights >= 0).all()
    assert found.weights.min() == 0
    others = rng.dirichlet([0.5, 0.5, 0.5], size=400)
    assert cosine(found.weights[np.newaxis])[0] >= cosine(others).max() - 1e-12


def test_nearer_to_equal_correlations_than_coinrs_search_without_going_below_zero(shared_data: Path) -> None:
    folder = shared_data / "index" / "asem"
    default = pl.read_csv(folder / "19_optweights_balance_L2_reltol0.1.csv")
    patient = pl.read_csv(folder / "19_optweights_balance_L2_reltol1e-6.csv")
    pillars = pl.read_csv(folder / "07_Aggregated.csv", null_values="NA").select(default["iCode"].to_list()).to_numpy()
    found = balanced_weights(pillars)

    def miss(correlations: np.ndarray) -> float:
        return float(((correlations / correlations.sum() - 1 / 8) ** 2).sum())

    assert (found.weights >= 0).all()
    assert miss(found.correlations) < miss(default["Obtained"].to_numpy()) / 4  # 0.00096 against 0.00477
    # its patient search comes nearer only by weights that no index may have
    assert patient["OptWeight"].min() < 0
    clipped = np.maximum(patient["OptWeight"].to_numpy(), 0)
    allowed = np.array([np.corrcoef(column, pillars @ clipped)[0, 1] for column in pillars.T])
    assert miss(found.correlations) < miss(allowed)


@pytest.mark.parametrize(
    ("scores", "targets", "says"),
    [
        ([[1, 5], [2, 5]], None, "column 1 is constant"),
        ([[1, 2], [2, 1]], None, "cancel each other.*directions"),
        ([[1, 2], [2, 5], [4, 1]], [1, -1], "2 targets, zero or above"),
        ([[1, 2], [2, 5], [4, 1]], [0, 0], "2 targets, zero or above and not all zero"),
        ([[1, 2], [2, 5], [4, 1]], [1], "2 targets"),
    ],
)
def test_errors_teach(scores, targets, says) -> None:
    with pytest.raises(WeightingError, match=says):
        balanced_weights(scores, targets)
