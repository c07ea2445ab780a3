"""Screening, coherence, importance and compensability on data whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.composite.audit.coherence import (
    against_the_index,
    collinear_pairs,
    correlations,
    cronbach_alpha,
    group_coherence,
    principal_components,
)
from evaluation.composite.audit.compensability import compensability
from evaluation.composite.audit.importance import importance, main_effect
from evaluation.composite.audit.screening import screening
from evaluation.composite.scoring import score
from tests.unit.evaluation.composite.small import flat, long

NAN = float("nan")


def test_screening_flags_gaps_sameness_and_outliers() -> None:
    values = np.array([[n, 7.0 if n < 8 else n, NAN if n < 6 else n] for n in range(12)], dtype=float)
    values[0, 0] = 500
    found = screening(score(flat(3), long(values)), "2023")
    flags = found.select("leaf", "lacks_values", "is_uniform", "has_outliers").rows()
    assert flags == [("x0", False, False, True), ("x1", False, True, False), ("x2", True, False, False)]
    assert found.select("n_available", "n_unique", "n_same", "n_nonzero").rows()[1] == (12, 5, 8, 12)


def test_a_leaf_without_values_in_the_period_is_screened_as_such() -> None:
    table = long([[1, NAN], [2, NAN]]).vstack(long([[1, 3]], period="2022"))
    found = screening(score(flat(2), table), "2023")
    assert found.filter(leaf="x1").select("mean", "n_available", "lacks_values").rows() == [(None, 0, True)]


def test_alpha_of_parallel_items_is_spearman_browns() -> None:
    """Items with equal variance and correlation r: α = k·r/(1 + (k−1)·r); here r = ½ of three columns."""
    base = np.linalg.qr(np.column_stack([np.ones(40), np.random.default_rng(1).standard_normal((40, 4))]))[0][:, 1:]
    items = base[:, :3] + base[:, [3]]
    assert correlations(items)[0, 1] == pytest.approx(0.5)
    assert cronbach_alpha(items) == pytest.approx(3 * 0.5 / 2)
    assert principal_components(items).eigenvalues.tolist() == pytest.approx([2, 0.5, 0.5])
    assert np.isnan(cronbach_alpha(items[:, :1]))


def test_a_constant_column_has_no_components_and_no_correlation() -> None:
    constant = np.column_stack([np.arange(5.0), np.full(5, 0.1)])
    assert np.isnan(correlations(constant)[0, 1])
    with pytest.raises(ValueError, match="column 1 is constant over the 5 rows"):
        principal_components(constant)
    found = group_coherence(score(flat(2), long(constant)), "2023")
    assert found.select("first_share", "n_components").rows() == [(None, None)]


def test_an_indicator_that_works_against_the_index_and_a_pair_that_is_one_are_found() -> None:
    up = np.arange(20.0)
    odd = np.tile([0.0, 30.0, 10.0, 20.0], 5)
    found = score(flat(4), long(np.column_stack([up, up * 2 + 1, odd, 15 - up / 2])))
    against = against_the_index(found, "2023")
    assert against.filter("works_against")["leaf"].to_list() == ["x3"]
    assert against.filter(leaf="x3")["with_index"].item() == pytest.approx(
        -np.corrcoef(up, found.score)[0, 1], abs=1e-12
    )
    pairs = collinear_pairs(found, "2023").select("leaf", "other").rows()
    assert pairs == [("x0", "x1"), ("x0", "x3"), ("x1", "x3")]


def test_main_effect_sees_what_correlation_does_not() -> None:
    x = np.linspace(-1, 1, 201)
    assert np.corrcoef(x, x**2)[0, 1] ** 2 < 1e-20
    assert main_effect(x, x**2) == pytest.approx(1, abs=0.02)
    assert main_effect(x, 2 * x + 1) == pytest.approx(1, abs=1e-6)


def test_main_effect_of_independent_parts_is_their_share_of_variance() -> None:
    random = np.random.default_rng(2)
    one, other = random.standard_normal((2, 3000))
    assert main_effect(one, 2 * one + other) == pytest.approx(0.8, abs=0.02)
    assert main_effect(random.standard_normal(3000), 2 * one + other) < 0.01
    assert np.isnan(main_effect(np.ones(20), one[:20]))
    assert np.isnan(main_effect(one[:9], other[:9]))


def test_a_wide_indicator_counts_more_than_its_weight() -> None:
    random = np.random.default_rng(3)
    values = np.column_stack([random.uniform(0, 100, 80), random.uniform(45, 55, 80)])
    found = importance(score(flat(2), long(values)), "2023")
    assert found["nominal"].to_list() == [0.5, 0.5]
    assert found["main_effect"][0] > 0.95
    assert found["share"].sum() == pytest.approx(1)
    assert found["share"][0] > 0.9


def test_compensability_tells_who_lives_on_strengths() -> None:
    """Lopsided r00 leads by the mean, balanced r01 by every mean that compensates less."""
    found = compensability(score(flat(3), long([[100, 100, 1], [60, 60, 60], [10, 20, 30]])), "2023")
    assert found.select("region_code", "rank", "rank_arithmetic", "rank_geometric", "rank_min").rows() == [
        ("r00", 1, 1, 2, 3), ("r01", 2, 2, 1, 1), ("r02", 3, 3, 3, 2)
    ]  # fmt: skip
    # already on 1–100: 67 by the mean, 100^(2/3) by the geometric one; two of three leaves ahead by Copeland
    assert found["compensated"][0] == pytest.approx(1 - 100 ** (2 / 3) / 67)
    assert found["rank_copeland"].to_list() == [1, 2, 3]
    assert found["compensated"][1] == pytest.approx(0, abs=1e-12)
