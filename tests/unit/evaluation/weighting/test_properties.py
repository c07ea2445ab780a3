"""What every method that weighs by data keeps to: weights ≥ 0 with sum 1; neither row order nor units matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.weighting.critic import critic_weights
from evaluation.weighting.entropy import entropy_weights
from evaluation.weighting.principal import pca_weights

METHODS = {
    "entropy": lambda x: entropy_weights(x, [1, -1, 1]),
    "entropy raw": lambda x: entropy_weights(x, variant="raw"),
    "entropy shifted": lambda x: entropy_weights(x, [1, -1, 1], variant="shifted"),
    "critic": lambda x: critic_weights(x, [1, -1, 1]),
    "critic spearman": lambda x: critic_weights(x, [1, -1, 1], by="spearman"),
    "pca": pca_weights,
    "pca first": lambda x: pca_weights(x, variant="first"),
}
# few distinct values: constant, repeated and proportional columns turn up often
VALUES = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.integers(0, 4).map(float))


@pytest.mark.parametrize("method", METHODS)
@given(values=VALUES)
@settings(max_examples=60, deadline=None)
def test_weights_are_not_negative_and_sum_to_one(method, values) -> None:
    weights = METHODS[method](values)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(values=VALUES, data=st.data())
@settings(max_examples=40, deadline=None)
def test_row_order_changes_no_digit(method, values, data) -> None:
    order = data.draw(st.permutations(range(len(values))))
    np.testing.assert_array_equal(METHODS[method](values[order]), METHODS[method](values))


@pytest.mark.parametrize("method", [name for name in METHODS if not name.startswith("pca")])
@given(values=VALUES)
@settings(max_examples=40, deadline=None)
def test_units_do_not_matter(method, values) -> None:
    np.testing.assert_allclose(METHODS[method](values * [1000, 1e-6, 3]), METHODS[method](values), atol=1e-9)
