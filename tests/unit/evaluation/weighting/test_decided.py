"""Weights that people decide: the 2016 Green Development Index, and what the registry refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.weighting.decided import Decision, equal, expert
from evaluation.weighting.given import WeightingError

GREEN = Decision(
    index="GDI",
    edition="2016",
    node="overall",
    weights={
        "resource_use": 32,
        "env_governance": 18,
        "env_quality": 21,
        "eco_protection": 18,
        "growth_quality": 10,
        "green_life": 10,
    },
    total=109,
    approver="National Development and Reform Commission and others",
    decided_on=date(2016, 12, 12),
    reason="发改环资[2016]2635号: 3, 2 or 1 units per indicator, 109 units in all",
)
SIX = list(GREEN.weights)


def test_the_green_development_index_of_31_provinces(shared_data: Path) -> None:
    printed = pl.read_csv(shared_data / "index" / "green_development_2016" / "gdi2016_provinces.csv")
    weights = expert([GREEN], "GDI", "2016", "overall", SIX)
    computed = printed.select(SIX).to_numpy() @ weights
    # every figure is printed to 0.01: half of it for the index and half for the weighted mean of its parts
    within = np.abs(computed - printed["overall"].to_numpy()) <= 0.01
    assert within.sum() == len(within) == 31
    assert np.abs(computed - printed["overall"].to_numpy()).max() == pytest.approx(0.0060, abs=5e-5)
    assert round(float(computed[printed["province"].to_list().index("浙江")]), 2) == 82.61


def test_weights_come_in_the_order_asked_for_and_sum_to_one() -> None:
    weights = expert([GREEN], "GDI", "2016", "overall", SIX[::-1])
    np.testing.assert_allclose(weights * 109, [10, 10, 18, 21, 18, 32])
    assert weights.sum() == pytest.approx(1, abs=1e-15)


def test_old_editions_stay_computable() -> None:
    newer = replace(GREEN, edition="2020", weights=dict.fromkeys(SIX, 1), total=6)
    np.testing.assert_allclose(expert([GREEN, newer], "GDI", "2020", "overall", SIX), equal(6))
    np.testing.assert_allclose(expert([newer, GREEN], "GDI", "2016", "overall", SIX)[0], 32 / 109)


@pytest.mark.parametrize(
    ("decisions", "says"),
    [
        ([], "GDI, edition 2016, node overall: the registry holds 0 decisions.*who decided them, when and why"),
        ([GREEN, GREEN], "holds 2 decisions.*as a new edition"),
        ([replace(GREEN, approver=" ")], "approver is empty"),
        ([replace(GREEN, reason="")], "reason is empty"),
        ([replace(GREEN, total=100)], "weights sum to 109, not to the stated total 100; give exact units"),
        (
            [replace(GREEN, weights=dict(zip(SIX, [29.3, 16.5, 19.3, 16.5, 9.2, 9.1], strict=True)), total=100)],
            "weights sum to 99.9, not to the stated total 100",
        ),
        ([replace(GREEN, weights=GREEN.weights | {"green_life": -10})], "the weight of green_life is -10"),
        ([replace(GREEN, weights=GREEN.weights | {"satisfaction": 0})], "unknown \\['satisfaction'\\]"),
        (
            [replace(GREEN, weights={k: v for k, v in GREEN.weights.items() if k != "env_quality"})],
            "no weight for \\['env_quality'\\]",
        ),
    ],
)
def test_the_registry_refuses_what_nobody_can_answer_for(decisions, says) -> None:
    with pytest.raises(WeightingError, match=says):
        expert(decisions, "GDI", "2016", "overall", SIX)


def test_a_child_named_twice() -> None:
    with pytest.raises(WeightingError, match="a child stands twice"):
        expert([GREEN], "GDI", "2016", "overall", [*SIX, "green_life"])


def test_equal_weights() -> None:
    np.testing.assert_array_equal(equal(4), [0.25] * 4)
    with pytest.raises(WeightingError, match="at least one"):
        equal(0)
