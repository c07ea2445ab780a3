"""Entropy weights: five variants by name, equal to the peers that use them; columns without information defined."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.weighting.entropy import entropy, entropy_weights
from evaluation.weighting.given import WeightingError


@pytest.mark.parametrize(
    ("variant", "method", "implementation"),
    [
        ("raw", "E1_entropy_sum_raw", "skcriteria"),
        ("raw", "E1_entropy_sum_raw", "pymcdm"),
        ("min_max", "E2_entropy_minmax", "skcriteria"),
        ("shifted", "E3_entropy_minmax_shift1e-4", "pymcdm"),
        ("reciprocal", "E4_entropy_pyDecision", "numpy_reciprocal"),
        ("rescaled", "E5_entropy_rescale_0.002_0.998", "R_mathmodels"),
    ],
)
def test_each_variant_equals_its_peer(peers, variant, method, implementation) -> None:
    ours = entropy_weights(peers.matrix, peers.directions, variant=variant)
    np.testing.assert_allclose(ours, peers.of(method, implementation), rtol=1e-9)


def test_pydecision_differs_by_the_offsets_it_adds(peers) -> None:
    ours = entropy_weights(peers.matrix, peers.directions, variant="reciprocal")
    np.testing.assert_allclose(ours, peers.of("E4_entropy_pyDecision", "pyDecision"), atol=3e-8)


@pytest.mark.parametrize(
    ("variant", "method"),
    [("raw", "E1_entropy_sum_raw"), ("min_max", "E2_entropy_minmax"), ("shifted", "E3_entropy_minmax_shift1e-4")],
)
def test_the_entropies_themselves_too(peers, variant, method) -> None:
    ours = entropy(peers.matrix, peers.directions, variant=variant)
    np.testing.assert_allclose(ours, peers.of(method, "numpy_e"), rtol=1e-9)


def test_by_hand() -> None:
    # column 0: all in one of four rows, e = 0; column 1: halves in two rows, e = ln 2 / ln 4 = 1/2
    values = [[1, 1], [0, 1], [0, 0], [0, 0]]
    np.testing.assert_allclose(entropy(values, variant="raw"), [0, 0.5], atol=1e-15)
    np.testing.assert_allclose(entropy_weights(values, variant="raw"), [2 / 3, 1 / 3])


@pytest.mark.parametrize("variant", ["min_max", "shifted", "rescaled", "raw", "reciprocal"])
def test_a_constant_column_has_entropy_one_and_no_weight(variant) -> None:
    values = [[1.0, 7.0, 3.0], [2.0, 7.0, 9.0], [4.0, 7.0, 1.0]]
    assert entropy(values, [1, -1, 1], variant=variant)[1] == 1
    weights = entropy_weights(values, [1, -1, 1], variant=variant)
    assert weights[1] == 0
    np.testing.assert_array_equal(
        weights[[0, 2]], entropy_weights(np.delete(values, 1, axis=1), [1, 1], variant=variant)
    )


def test_rounding_noise_is_no_information() -> None:
    values = [[0.1 + 0.2, 1.0], [0.3, 2.0], [0.3, 4.0]]  # 0.1 + 0.2 is 0.30000000000000004
    np.testing.assert_array_equal(entropy_weights(values), [0, 1])


def test_a_large_level_does_not_drown_the_weights() -> None:
    # deviations of a millionth: 1 − e is δ²/2 for both columns, so four times as much for twice the deviation
    values = 1e6 + np.array([[1.0, 2.0], [-1.0, -2.0]])
    np.testing.assert_allclose(entropy_weights(values, variant="raw"), [0.2, 0.8], rtol=1e-9)


@pytest.mark.parametrize("values", [[[5.0, 5.0, 5.0]], [[1.0, 0.0, 2.0]] * 4])
def test_nothing_tells_indicators_apart_gives_equal_weights(values) -> None:
    np.testing.assert_array_equal(entropy_weights(values), [1 / 3] * 3)
    np.testing.assert_array_equal(entropy_weights(values, variant="raw"), [1 / 3] * 3)


def test_direction_changes_weights_of_min_max_and_not_of_raw() -> None:
    values = [[1.0, 3.0], [2.0, 1.0], [9.0, 2.0]]
    assert entropy_weights(values, [-1, 1])[0] != entropy_weights(values, [1, 1])[0]
    np.testing.assert_array_equal(
        entropy_weights(values, [-1, 1], variant="raw"), entropy_weights(values, variant="raw")
    )


@pytest.mark.parametrize(
    ("values", "options", "says"),
    [
        ([[1, -2], [3, 4]], {"variant": "raw"}, "column 1 holds -2.*zero or above.*'min_max'"),
        ([[1, 0], [3, 4]], {"variant": "reciprocal", "directions": [1, -1]}, "column 1 holds 0.*1/x, x above zero"),
        ([[1, np.nan], [3, 4]], {}, "1 of 4 values are missing.*row 0, column 1.*impute"),
        ([[1, 2], [3, 4]], {"directions": [1, 0]}, "direction of column 1 is 0; write \\+1"),
        ([[1, 2], [3, 4]], {"directions": [1]}, "2 indicators need 2 directions"),
        ([1, 2, 3], {}, "as a matrix of rows"),
        ([[1, 2], [3, 4]], {"variant": "shannon"}, "no entropy variant 'shannon'; one of min_max, shifted"),
    ],
)
def test_errors_teach(values, options, says) -> None:
    with pytest.raises(WeightingError, match=says):
        entropy_weights(values, **options)
