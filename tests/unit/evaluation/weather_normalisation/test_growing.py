"""A forest grown by the kernel is the forest that ranger's rules, written down slowly, grow from the same draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluation.weather_normalisation.growing import BETTER, grow


class SlowTree:
    """One tree of the rules in ``growing``: every draw a row of its own, every cut tried, no order kept."""

    def __init__(self, x: NDArray[np.float64], y: NDArray[np.float64], candidates: int, node: int, seed: list[int]):
        random = np.random.default_rng(seed)
        n = len(y)
        draws = random.integers(n, size=n)
        self.lots, self.x, self.y, self.least = random.random((n, candidates)), x, y, node
        self.predictors, self.splits = list(range(x.shape[1])), 0
        self.root = self._grow(np.sort(draws))

    def _grow(self, rows: NDArray[np.int64]) -> tuple[object, ...]:
        y = self.y[rows]
        if len(rows) <= self.least or len(set(y)) == 1:
            return (y.mean(),)
        best: tuple[float, int, float] = (-1.0, -1, 0.0)
        for place, lot in enumerate(self.lots[self.splits]):
            other = place + int(lot * (len(self.predictors) - place))
            swapped = self.predictors[place], self.predictors[other]
            self.predictors[other], self.predictors[place] = swapped
            column = self.x[rows, self.predictors[place]]
            known = np.unique(column[~np.isnan(column)])
            cuts = list((known[:-1] + known[1:]) / 2) + ([math.inf] if np.isnan(column).any() and len(known) else [])
            for cut in cuts:
                left = column <= cut  # NaN is not
                lessened = y[left].size * y[~left].size * (y[left].mean() - y[~left].mean()) ** 2
                if lessened > best[0] * BETTER:
                    best = (lessened, self.predictors[place], cut)
        self.splits += 1
        _, predictor, cut = best
        if predictor < 0:
            return (y.mean(),)
        column = self.x[rows, predictor]
        left = column <= cut
        distinct = [len(set(rows[side])) for side in (left, ~left)]
        gaps_left = not np.isnan(column).any() and distinct[0] >= distinct[1]
        return (predictor, cut, gaps_left, self._grow(rows[left]), self._grow(rows[~left]))

    def predict(self, row: NDArray[np.float64]) -> float:
        node = self.root
        while len(node) > 1:
            predictor, cut, gaps_left, left, right = node
            value = row[predictor]
            node = left if (gaps_left if np.isnan(value) else value <= cut) else right
        return node[0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 3), st.sampled_from([1, 3, 5]), st.sampled_from([0.0, 0.2]), st.booleans())
def test_the_kernel_follows_the_rules(seed: int, candidates: int, node: int, gaps: float, ties: bool) -> None:
    random = np.random.default_rng(seed)
    x = random.integers(0, 6, size=(40, 3)) / 2 if ties else random.normal(size=(40, 3))
    y = random.normal(size=40)
    x[random.random(x.shape) < gaps] = np.nan
    forest = grow(x, y, trees=3, candidates=candidates, min_node_size=node, seed=seed)
    slow = [SlowTree(x, y, candidates, node, [seed, tree]) for tree in range(3)]
    asked = np.vstack([x, random.normal(size=(20, 3)), np.full((1, 3), np.nan)])
    expected = [np.mean([tree.predict(row) for tree in slow]) for row in asked]
    np.testing.assert_allclose(forest.predict(asked), expected, rtol=0, atol=1e-12)


def test_a_node_of_five_draws_is_a_leaf_and_one_of_six_is_not() -> None:
    # six rows, one bootstrap: any tree sees exactly six draws, so that only the root may be split
    x, y = np.arange(6.0)[:, None], np.array([0.0, 1, 2, 3, 4, 5])
    assert {len(grow(x, y, trees=1, candidates=1, min_node_size=5, seed=s).nodes.feature) for s in range(20)} == {3}
    assert {len(grow(x, y, trees=1, candidates=1, min_node_size=6, seed=s).nodes.feature) for s in range(20)} == {1}


def test_equal_values_are_not_split_and_equal_predictors_cannot_be() -> None:
    x = np.arange(50.0)[:, None]
    assert len(grow(x, np.full(50, 3.0), trees=4, candidates=1, min_node_size=1, seed=0).nodes.feature) == 4
    assert len(grow(np.zeros((50, 2)), x[:, 0], trees=4, candidates=2, min_node_size=1, seed=0).nodes.feature) == 4


def test_a_tree_does_not_depend_on_how_many_grow_beside_it() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(80, 3)), random.normal(size=80)
    few, many = (grow(x, y, trees=n, candidates=1, min_node_size=5, seed=7).nodes for n in (2, 5))
    end = many.roots[2]
    assert all(np.array_equal(a, b[:end]) for a, b in zip(few[:7], many[:7], strict=True))


def test_neighbours_too_close_for_a_number_between_them_are_still_parted() -> None:
    x = np.array([[1.0], [np.nextafter(1.0, 2.0)]] * 4)
    y = np.array([0.0, 1.0] * 4)
    forest = grow(x, y, trees=1, candidates=1, min_node_size=1, seed=0)
    assert forest.predict(x[:2]).tolist() == [0.0, 1.0]


def test_impossible_requests_are_refused() -> None:
    x, y = np.zeros((4, 2)), np.arange(4.0)
    for bad in ({"x": x[:0], "candidates": 1}, {"x": x, "candidates": 0}, {"x": x, "candidates": 3}):
        with pytest.raises(ValueError, match="1 to 2 candidates"):
            grow(**{"y": y[: len(bad["x"])], **bad}, trees=1, min_node_size=1, seed=0)
