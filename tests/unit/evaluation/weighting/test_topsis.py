"""TOPSIS: equal to four peers, in 0 … 1, and never worse for an improvement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.weighting.given import WeightingError
from evaluation.weighting.topsis import topsis

VALUES = arrays(np.float64, (6, 3), elements=st.integers(0, 1000).map(float))


@pytest.mark.parametrize(
    ("normalisation", "method", "implementation"),
    [
        ("vector", "T_topsis_vector", "pyDecision"),
        ("vector", "T_topsis_vector", "R_mathmodels"),
        ("vector", "T_topsis_vector_pymcdm_costinverted", "pymcdm"),
        ("min_max", "T_topsis_minmax", "pymcdm"),
    ],
)
def test_closeness_equals_the_peers(peers, normalisation, method, implementation) -> None:
    ours = topsis(peers.matrix, peers.topsis_weights, peers.directions, normalisation=normalisation)
    np.testing.assert_allclose(ours.closeness, peers.of(method, implementation), rtol=1e-9)


@pytest.mark.parametrize(("normalisation", "method"), [("vector", "T_topsis_vector"), ("min_max", "T_topsis_minmax")])
def test_distances_equal_the_reference(peers, normalisation, method) -> None:
    ours = topsis(peers.matrix, peers.topsis_weights, peers.directions, normalisation=normalisation)
    np.testing.assert_allclose(ours.to_best, peers.of(method, "numpy_dplus"), rtol=1e-9)
    np.testing.assert_allclose(ours.to_worst, peers.of(method, "numpy_dminus"), rtol=1e-9)


def test_by_hand() -> None:
    # one column 3, 4: length 5, so 0.6 and 0.8; the second column is constant and adds nothing
    found = topsis([[3, 2], [4, 2]], [0.5, 0.5])
    np.testing.assert_allclose(found.closeness, [0, 1])
    np.testing.assert_allclose(found.to_best, [0.1, 0], atol=1e-15)


@pytest.mark.parametrize("normalisation", ["vector", "min_max"])
@pytest.mark.parametrize("values", [[[1.0, 2.0]], [[1.0, 2.0]] * 3, [[0.0, 0.0]] * 3])
def test_places_that_are_alike_are_half_way(values, normalisation) -> None:
    np.testing.assert_array_equal(topsis(values, [0.5, 0.5], normalisation=normalisation).closeness, 0.5)


def test_panels_of_several_periods_are_apart() -> None:
    panels = np.random.default_rng(6).uniform(1, 9, size=(3, 4, 5, 2))
    together = topsis(panels, [0.25, 0.75], [1, -1]).closeness
    assert together.shape == (3, 4, 5)
    np.testing.assert_array_equal(together[2, 1], topsis(panels[2, 1], [0.25, 0.75], [1, -1]).closeness)


@given(VALUES, st.integers(0, 5), st.integers(0, 2), st.floats(1, 500), st.sampled_from(["vector", "min_max"]))
@settings(max_examples=150, deadline=None)
def test_in_unit_and_never_worse_for_an_improvement(values, row, column, by, normalisation) -> None:
    directions, weights = [1, -1, 1], [0.2, 0.3, 0.5]
    before = topsis(values, weights, directions, normalisation=normalisation).closeness
    assert ((before >= 0) & (before <= 1)).all()
    better = values.copy()
    better[row, column] = better[row, column] + by if directions[column] > 0 else max(better[row, column] - by, 0)
    after = topsis(better, weights, directions, normalisation=normalisation).closeness
    assert after[row] >= before[row] - 1e-12


@given(VALUES, st.permutations(range(6)), st.sampled_from(["vector", "min_max"]))
@settings(max_examples=50, deadline=None)
def test_row_order_changes_no_digit_and_units_nothing(values, order, normalisation) -> None:
    weights, directions = [0.2, 0.3, 0.5], [1, -1, 1]
    plain = topsis(values, weights, directions, normalisation=normalisation).closeness
    moved = topsis(values[list(order)], weights, directions, normalisation=normalisation).closeness
    np.testing.assert_array_equal(moved, plain[list(order)])
    scaled = topsis(values * [1000, 1e-6, 3], weights, directions, normalisation=normalisation).closeness
    np.testing.assert_allclose(scaled, plain, rtol=1e-9, atol=1e-12)


def test_squares_of_tiny_and_huge_amounts_stay_numbers() -> None:
    values = np.array([[3.0, 1.0], [4.0, 2.0], [1.0, 2.0]])
    plain = topsis(values, [0.5, 0.5]).closeness
    np.testing.assert_allclose(topsis(values * [1e-200, 1e200], [0.5, 0.5]).closeness, plain, rtol=1e-12)


@pytest.mark.parametrize(
    ("values", "weights", "says"),
    [
        ([[1, -1], [2, 3]], [0.5, 0.5], "column 1 holds a negative value.*'min_max'"),
        ([[1, 1], [2, 3]], [0.5, 0.4], "weights sum to 0.9, not 1"),
        ([[1, 1], [2, 3]], [1.5, -0.5], "weight of column 1 is -0.5"),
        ([[1, 1], [2, 3]], [1], "2 indicators need 2 weights"),
        ([[1, np.inf], [2, 3]], [0.5, 0.5], "row 0, column 1"),
        ([1, 2], [1], "TOPSIS needs rows"),
    ],
)
def test_errors_teach(values, weights, says) -> None:
    with pytest.raises(WeightingError, match=says):
        topsis(values, weights)


def test_an_unknown_normalisation_is_named() -> None:
    with pytest.raises(WeightingError, match="no TOPSIS normalisation 'sum'; one of vector, min_max"):
        topsis([[1], [2]], [1], normalisation="sum")
