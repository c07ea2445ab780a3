"""What holds for every index: monotone by direction, blind to units and order, fair to equals, parts that sum up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.composite.contributions import contributions, leaf_multipliers
from evaluation.composite.definition import Definition
from evaluation.composite.scoring import score
from tests.unit.evaluation.composite.small import flat, long

AGGREGATIONS = ["arithmetic", "geometric", "harmonic", "power", "min", "penalised"]
FIXED = [
    {"method": "goalposts", "low": 0, "high": 100},
    {"method": "target_distance", "goal": 60},
]
RELATIVE = [
    {"method": "min_max", "scale": [1, 100]},
    {"method": "z_score", "mean": 50, "sd": 5},
    {"method": "rank"},
    {"method": "borda"},
    {"method": "percentile"},
]
# Numbers with few digits: what is equal or ordered in them stays so after a change of units.
cells = st.integers(min_value=-400, max_value=400).map(lambda n: n / 4)
tables = st.integers(2, 6).flatmap(lambda rows: arrays(float, (rows, 3), elements=cells))
directions = st.sampled_from(["higher", "lower"])
quick = settings(max_examples=40, deadline=None)


def index(aggregation: str, rule: dict[str, object], direction: str) -> Definition:
    return flat(3, aggregation, direction, normalisation=rule)


@quick
@given(tables, directions, st.sampled_from(AGGREGATIONS), st.sampled_from(FIXED + RELATIVE), st.data())
def test_a_better_value_never_lowers_the_score(
    values: np.ndarray, direction: str, aggregation: str, rule: dict[str, object], data: st.DataObject
) -> None:
    row, column = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 2))
    step = data.draw(st.integers(1, 400)) / 4
    better = values.copy()
    better[row, column] += step if direction == "higher" else -step
    definition = index(aggregation, rule, direction)
    before, after = (score(definition, long(v)).score[row] for v in (values, better))
    assert after >= before - 1e-9


@quick
@given(
    tables,
    directions,
    st.sampled_from(AGGREGATIONS),
    st.tuples(st.sampled_from(RELATIVE), st.sampled_from(["none", "winsorise_then_log"])),
    st.tuples(
        arrays(float, 3, elements=st.sampled_from([0.25, 2.0, 8.0])),
        arrays(float, 3, elements=st.sampled_from([-64.0, 0.0, 16.0])),
    ),
)
def test_units_do_not_matter(
    values: np.ndarray,
    direction: str,
    aggregation: str,
    rules: tuple[dict[str, object], str],
    unit: tuple[np.ndarray, np.ndarray],
) -> None:
    (rule, method), (factor, offset) = rules, unit
    definition = flat(3, aggregation, direction, normalisation=rule, treatment={"method": method})
    before, after = (score(definition, long(v)).score for v in (values, values * factor + offset))
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9)


@quick
@given(tables, st.sampled_from(AGGREGATIONS), st.sampled_from(FIXED + RELATIVE), st.randoms())
def test_row_order_does_not_change_a_digit(
    values: np.ndarray, aggregation: str, rule: dict[str, object], random: object
) -> None:
    definition, table = index(aggregation, rule, "lower"), long(values)
    order = list(range(table.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = score(definition, table), score(definition, table[order])
    assert one.values.tobytes() == other.values.tobytes()
    assert one.frame().equals(other.frame())


@quick
@given(tables, st.sampled_from(AGGREGATIONS), st.sampled_from(FIXED + RELATIVE))
def test_equal_regions_have_equal_scores_and_ranks(
    values: np.ndarray, aggregation: str, rule: dict[str, object]
) -> None:
    found = score(index(aggregation, rule, "higher"), long(np.vstack([values, values[0]])))
    assert found.score[0] == found.score[-1]
    assert found.rank[0] == found.rank[-1]


@quick
@given(tables, st.sampled_from(AGGREGATIONS))
def test_equal_leaves_are_the_score(values: np.ndarray, aggregation: str) -> None:
    same = np.repeat(np.abs(values[:, :1]), 3, axis=1)
    found = score(index(aggregation, FIXED[0], "higher"), long(same)).score
    np.testing.assert_allclose(found, same[:, 0], rtol=1e-12)


@quick
@given(tables, st.sampled_from(AGGREGATIONS), st.sampled_from(FIXED + RELATIVE))
def test_contributions_sum_to_the_score(values: np.ndarray, aggregation: str, rule: dict[str, object]) -> None:
    found = score(index(aggregation, rule, "higher"), long(values))
    np.testing.assert_allclose(contributions(found).sum(axis=1), found.score, rtol=1e-9, atol=1e-9)


@quick
@given(tables, st.sampled_from(AGGREGATIONS), st.sampled_from(FIXED + RELATIVE))
def test_multipliers_explain_every_change(values: np.ndarray, aggregation: str, rule: dict[str, object]) -> None:
    found = score(index(aggregation, rule, "higher"), long(values))
    before, after = found.values[:-1], found.values[1:]
    told = (leaf_multipliers(before, after, found.tree) * (after - before)[:, :3]).sum(axis=1)
    np.testing.assert_allclose(told, (after - before)[:, -1], rtol=1e-9, atol=1e-9)


def test_the_mazziotta_pareto_penalty_would_have_broken_monotony() -> None:
    """Why ``penalised`` is Sen's: M − S²/M falls when the best child rises far enough, Sen's never does."""
    scores = [score(flat(2, "penalised"), long([[1, x]])).score[0] for x in (10, 20, 40, 80)]
    assert scores == pytest.approx([3.25, 5.75, 10.75, 20.75])
    mpi = [np.mean(x) - np.var(x) / np.mean(x) for x in ([1, 1, 10], [1, 1, 80])]
    assert mpi[1] < mpi[0] == pytest.approx(-0.5)
