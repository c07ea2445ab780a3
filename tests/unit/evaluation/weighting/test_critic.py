"""CRITIC weights: equal to five peers, with the direction and without; degenerate columns defined."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.weighting.critic import critic_weights
from evaluation.weighting.given import WeightingError


@pytest.mark.parametrize(
    ("by", "directed", "method", "implementation"),
    [
        ("pearson", True, "C_critic_dir_pearson_ddof0", "numpy_w"),
        ("pearson", True, "C_critic_dir_pearson_ddof1", "R_mathmodels"),
        ("pearson", True, "C_critic_skcriteria_pearson", "skcriteria"),
        ("pearson", True, "C_critic_pyDecision", "pyDecision"),
        ("spearman", True, "C_critic_dir_spearman_ddof1", "R_mathmodels"),
        ("spearman", True, "C_critic_skcriteria_spearman", "skcriteria"),
        ("pearson", False, "C_critic_nodir_pearson_ddof0", "numpy_w"),
        ("pearson", False, "C_critic_pymcdm_types", "pymcdm"),
    ],
)
def test_equals_the_peers(peers, by, directed, method, implementation) -> None:
    ours = critic_weights(peers.matrix, peers.directions if directed else None, by=by)
    np.testing.assert_allclose(ours, peers.of(method, implementation), rtol=1e-9)


def test_by_hand() -> None:
    # columns 0 and 1 are one column (r = 1), column 2 is uncorrelated with it; the standard deviations are all 1/2
    values = [[0, 0, 0], [0, 0, 1], [1, 2, 0], [1, 2, 1]]
    np.testing.assert_allclose(critic_weights(values), [1 / 4, 1 / 4, 1 / 2])


def test_a_constant_column_weighs_nothing_and_leaves_the_others_as_without_it() -> None:
    values = np.array([[1.0, 7.0, 3.0, 2.0], [2.0, 7.0, 9.0, 8.0], [4.0, 7.0, 1.0, 3.0], [3.0, 7.0, 4.0, 1.0]])
    weights = critic_weights(values)
    assert weights[1] == 0
    np.testing.assert_array_equal(weights[[0, 2, 3]], critic_weights(np.delete(values, 1, axis=1)))


@pytest.mark.parametrize(
    "values",
    [
        [[1.0, 2.0, 3.0]],
        [[1.0, 2.0, 3.0]] * 5,
    ],
)
def test_no_contrast_or_no_conflict_gives_equal_weights(values) -> None:
    np.testing.assert_array_equal(critic_weights(values), [1 / 3] * 3)


def test_proportional_columns_conflict_by_rounding_only() -> None:
    for column in np.random.default_rng(0).uniform(1, 9, size=(20, 7, 1)):
        np.testing.assert_array_equal(critic_weights(column * [0.1, 3.0, 0.7]).round(12), np.full(3, 1 / 3).round(12))


def test_an_unknown_correlation_is_named() -> None:
    with pytest.raises(WeightingError, match="no correlation 'kendall' here; one of pearson, spearman"):
        critic_weights([[1, 2], [3, 1]], by="kendall")
