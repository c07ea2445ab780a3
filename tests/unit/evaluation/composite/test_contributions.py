"""What each leaf adds, and what would raise a score most, against numbers computed another way."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.composite.aggregate import aggregate
from evaluation.composite.contributions import contributions, gains, leaf_multipliers
from evaluation.composite.scoring import score
from evaluation.composite.tree import tree_of
from tests.unit.evaluation.composite.small import flat, long, small

NAN = float("nan")
INDICATORS = ["air_pm25_mean", "air_o3_days", "forest_share"]


def test_arithmetic_contributions_are_effective_weight_times_value() -> None:
    found = score(small(), long([[20, 40, 50]], INDICATORS))
    assert contributions(found)[0].tolist() == pytest.approx([0.3 * 80, 0.3 * 60, 0.4 * 50], abs=1e-12)


def test_geometric_contributions_are_the_weights_share_of_the_score() -> None:
    found = score(small("geometric"), long([[20, 40, 50]], INDICATORS))
    assert contributions(found)[0].tolist() == pytest.approx([w * found.score[0] for w in (0.3, 0.3, 0.4)], abs=1e-12)


def test_the_lowest_carries_a_minimum_and_ties_share_it() -> None:
    found = score(flat(3, "min"), long([[30, 10, 20], [10, 10, 20]]))
    assert contributions(found).tolist() == [[0, 10, 0], [5, 5, 0]]


def test_a_missing_leaf_adds_nothing_and_the_rest_add_up() -> None:
    found = score(small(), long([[20, NAN, 50], [1, 1, 1]], INDICATORS))
    assert contributions(found)[0].tolist() == pytest.approx([0.6 * 80, 0, 0.4 * 50], abs=1e-12)


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic", "power", "penalised"])
def test_contributions_are_value_times_the_derivative(aggregation: str) -> None:
    """Euler's theorem, with derivatives by central differences of the tree itself."""
    tree = tree_of(small(aggregation))
    leaves = np.array([[80.0, 60.0, 50.0]])
    values = aggregate(leaves, tree)
    gradient = leaf_multipliers(values, values, tree)[0]
    for leaf in range(3):
        step = np.zeros(3)
        step[leaf] = 1e-4
        ends = [aggregate(leaves + side * step, tree)[0, -1] for side in (1, -1)]
        assert gradient[leaf] == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-7)


@pytest.mark.parametrize("aggregation", ["min", "penalised"])
def test_multipliers_are_the_mean_derivative_along_the_straight_way(aggregation: str) -> None:
    """For piecewise linear means: by a Riemann sum over 20,000 points of the way."""
    tree = tree_of(flat(3, aggregation))
    before, after = np.array([10.0, 30.0, 20.0]), np.array([40.0, 5.0, 26.0])
    times = (np.arange(20_000) + 0.5) / 20_000
    way = aggregate(before + times[:, None] * (after - before), tree)
    mean = leaf_multipliers(way, way, tree).mean(axis=0)
    ends = aggregate(np.array([before, after]), tree)
    np.testing.assert_allclose(leaf_multipliers(ends[:1], ends[1:], tree)[0], mean, atol=1e-4)


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic", "power"])
def test_who_leaves_zero_carries_the_rise_of_a_mean_that_was_zero(aggregation: str) -> None:
    tree = tree_of(flat(3, aggregation))
    ends = aggregate(np.array([[0.0, 0.0, 20.0], [10.0, 40.0, 80.0]]), tree)
    told = leaf_multipliers(ends[:1], ends[1:], tree)[0] * (ends[1] - ends[0])[:3]
    assert told.tolist() == pytest.approx([ends[1, -1] / 2, ends[1, -1] / 2, 0], rel=1e-12)


def test_geometric_change_is_split_by_logarithmic_means() -> None:
    """LMDI: L(F₁, F₀)·w·ln(x₁/x₀)."""
    tree = tree_of(flat(2, "geometric"))
    ends = aggregate(np.array([[10.0, 40.0], [20.0, 30.0]]), tree)
    mean = (ends[1, -1] - ends[0, -1]) / np.log(ends[1, -1] / ends[0, -1])
    told = leaf_multipliers(ends[:1], ends[1:], tree)[0] * (ends[1] - ends[0])[:2]
    assert told.tolist() == pytest.approx([mean * 0.5 * np.log(2), mean * 0.5 * np.log(0.75)], rel=1e-12)


def test_gains_are_recomputed_scores_best_first() -> None:
    found = score(small("geometric"), long([[20, 40, 50], [10, 50, 90], [90, 10, 20]], INDICATORS))
    told = gains(found, 0)
    best = {"pm": 90.0, "ozone": 90.0, "forest": 90.0}
    own = {"pm": 80.0, "ozone": 60.0, "forest": 50.0}
    expected = {leaf: score_of(own | {leaf: best[leaf]}) - score_of(own) for leaf in own}
    assert told["leaf"].to_list() == sorted(expected, key=lambda leaf: -expected[leaf])
    assert dict(told.select("leaf", "to_best").iter_rows()) == pytest.approx(expected, rel=1e-12)
    per_point = {leaf: score_of(own | {leaf: own[leaf] + 1}) - score_of(own) for leaf in own}
    assert dict(told.select("leaf", "per_point").iter_rows()) == pytest.approx(per_point, rel=1e-9)
    assert dict(told.select("leaf", "gap").iter_rows()) == {"pm": 10, "ozone": 30, "forest": 40}


def test_a_missing_leaf_is_not_listed_among_gains() -> None:
    found = score(flat(2), long([[20, NAN], [30, 40]]))
    assert gains(found, 0).select("leaf", "to_best").rows() == [("x0", 10.0)]
    assert gains(found, 1).filter(pl.col("leaf") == "x1")["to_best"].item() == 0


def score_of(leaves: dict[str, float]) -> float:
    return float((leaves["pm"] * leaves["ozone"]) ** 0.3 * leaves["forest"] ** 0.4)
