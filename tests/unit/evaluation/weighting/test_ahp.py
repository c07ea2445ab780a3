"""AHP: three methods and Saaty's consistency ratio equal to the peers' on four matrices."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.weighting.ahp import RANDOM_INDEX, ahp
from evaluation.weighting.given import WeightingError


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("method", "implementation"),
    [
        ("eigenvector", "eigen_w"),
        ("eigenvector", "pyDecision_max_eigen"),
        ("geometric_mean", "geomean_w"),
        ("geometric_mean", "pyDecision_geometric"),
        ("column_mean", "colmean_w"),
    ],
)
def test_weights_equal_the_peers(peers, number, method, implementation) -> None:
    ours = ahp(peers.judgements(number), method=method).weights
    np.testing.assert_allclose(ours, peers.of(f"A_ahp_{number}", implementation), rtol=1e-9)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("method", "implementation", "lambda_name"),
    [("eigenvector", "eigen_stats", "lambda_max"), ("geometric_mean", "geomean_stats", "lambda_max_meanAwoverw")],
)
def test_consistency_equals_the_peers(peers, number, method, implementation, lambda_name) -> None:
    ours, matrix = ahp(peers.judgements(number), method=method), f"A_ahp_{number}"
    assert ours.lambda_max == pytest.approx(peers.one(matrix, implementation, lambda_name), rel=1e-9)
    assert ours.consistency_index == pytest.approx(peers.one(matrix, implementation, "CI"), rel=1e-9, abs=1e-12)
    assert ours.consistency_ratio == pytest.approx(peers.one(matrix, implementation, "CR"), rel=1e-9, abs=1e-12)
    assert ours.consistent == (number != 3)


def test_the_column_means_ratio(peers) -> None:
    ours = ahp(peers.judgements(1), method="column_mean").consistency_ratio
    assert ours == pytest.approx(peers.one("A_ahp_1", "pyDecision_mean_CR", "CR"), rel=1e-9)


@pytest.mark.parametrize("method", ["eigenvector", "geometric_mean", "column_mean"])
@pytest.mark.parametrize("n", [1, 2, 5, 15])
def test_consistent_judgements_give_back_the_weights_they_came_from(method, n) -> None:
    weights = np.arange(1, n + 1) / np.arange(1, n + 1).sum()
    found = ahp(weights[:, np.newaxis] / weights, method=method)
    np.testing.assert_allclose(found.weights, weights, rtol=1e-12)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-12)
    assert found.lambda_max == pytest.approx(n)


def test_two_criteria_cannot_contradict_and_saatys_index_is_his() -> None:
    assert ahp([[1, 9], [1 / 9, 1]]).consistency_ratio == 0
    assert RANDOM_INDEX[2:10] == (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)


@pytest.mark.parametrize(
    ("judgements", "says"),
    [
        ([[1, 3], [3, 1]], r"\(0, 1\) = 3 and \(1, 0\) = 3 do not agree; the second is 1 / the first, 0.3333"),
        ([[2, 3], [1 / 3, 1]], r"\(0, 0\) = 2"),
        ([[1, 0], [1, 1]], r"judgement \(0, 1\) is 0; a ratio of importance is above zero"),
        ([[1, 2, 3], [1, 2, 3]], "square matrix"),
        (np.ones((16, 16)), "order 1 … 15.*group them under nodes"),
    ],
)
def test_errors_teach(judgements, says) -> None:
    with pytest.raises(WeightingError, match=says):
        ahp(judgements)


def test_a_third_written_with_two_digits_is_accepted() -> None:
    assert ahp([[1, 3], [0.33, 1]]).weights == pytest.approx([0.75, 0.25], abs=0.002)


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(WeightingError, match="no AHP method 'power'; one of eigenvector, geometric_mean, column_mean"):
        ahp([[1]], method="power")
