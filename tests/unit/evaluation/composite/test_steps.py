"""Each step on a case small enough to compute by hand, and what it does where it has nothing to go by."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.composite.aggregate import aggregate
from evaluation.composite.definition import (
    Goalposts,
    MinMax,
    Normalisation,
    Rank,
    TargetDistance,
    ThresholdScore,
    Treatment,
    ZScore,
)
from evaluation.composite.inputs import IndexDataError, inputs_of
from evaluation.composite.normalise import normalise
from evaluation.composite.ranks import ranks
from evaluation.composite.scoring import score
from evaluation.composite.treat import treat
from evaluation.composite.tree import tree_of
from tests.unit.evaluation.composite.small import flat, long, small

NAN = float("nan")


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("rule", "direction", "values", "expected"),
    [
        (Goalposts(method="goalposts", low=20, high=85), "higher", (85, 52.5, 20, 10, NAN), (100, 50, 0, 0, NAN)),
        (Goalposts(method="goalposts", low=10, high=75), "lower", (10, 75, 80, 26.25), (100, 0, 0, 75)),
        (MinMax(method="min_max"), "lower", (1, 3, 5), (100, 50, 0)),
        (MinMax(method="min_max", scale=(1, 100)), "higher", (7, 7, NAN, 7), (50.5, 50.5, NAN, 50.5)),
        (MinMax(method="min_max"), "higher", (NAN, NAN), (NAN, NAN)),
        (ZScore(method="z_score", mean=50, sd=10), "lower", (1, 2, 3), (60, 50, 40)),
        (ZScore(method="z_score", mean=50, sd=10), "higher", (4, 4, 4), (50, 50, 50)),
        (ZScore(method="z_score", mean=50, sd=10), "higher", (4, NAN), (50, NAN)),
        (Rank(method="rank"), "lower", (5, 1, 1, 9, NAN), (2, 3, 3, 1, NAN)),
        (Rank(method="borda"), "higher", (5, 1, 1, 9), (2, 0, 0, 3)),
        (Rank(method="percentile"), "higher", (5, 1, 1, 9), (200 / 3, 0, 0, 100)),
        (Rank(method="percentile"), "higher", (5, NAN), (50, NAN)),
        (TargetDistance(method="target_distance", goal=80), "higher", (40, 80, 90, -5), (50, 100, 100, 0)),
        (TargetDistance(method="target_distance", goal=35), "lower", (70, 35, 10, 0), (50, 100, 100, 100)),
        (
            ThresholdScore(method="threshold_score", passing=75, goal=35),
            "lower",
            (75, 35, 55, 10, 135, 500, NAN),
            (60, 100, 80, 100, 0, 0, NAN),
        ),
        (ThresholdScore(method="threshold_score", passing=80, goal=90), "higher", (85, 65, 60), (80, 0, 0)),
    ],
)
def test_normalisation(
    rule: Normalisation, direction: str, values: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    found = normalise(column(*values), rule, direction)  # type: ignore[arg-type]
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-14)


def test_a_constant_column_stays_in_peace_through_treatment() -> None:
    for treatment in (Treatment(method="winsorise_then_log"), Treatment(method="log")):
        assert treat(column(3, 3, 3, 3, 3, NAN), treatment).values[:5, 0].tolist() == [3] * 5


def test_low_outliers_are_winsorised_at_the_low_end() -> None:
    found = treat(column(-100, *range(10, 21)), Treatment(method="winsorise"))
    assert (found.n_low[0], found.n_high[0]) == (1, 0)
    assert found.values[:, 0].min() == 10


@pytest.mark.parametrize(
    ("aggregation", "values", "expected"),
    [
        ("arithmetic", (10, 40), 25),
        ("geometric", (10, 40), 20),
        ("harmonic", (10, 40), 16),
        ("power", (10, 40), np.sqrt(2 / (1 / 100 + 1 / 1600))),  # exponent −2
        ("min", (10, 40), 10),
        ("penalised", (10, 40), 17.5),  # 25 less a quarter of the distance: E min of two draws
        ("penalised", (10, 40, 40), 30 - 2 * 30 / 9),
        ("geometric", (0, 40), 0),
        ("harmonic", (0, 40), 0),
        ("power", (0, 40), 0),
        ("arithmetic", (NAN, 40), 40),
        ("geometric", (NAN, 40), 40),
        ("min", (NAN, NAN), NAN),
    ],
)
def test_aggregation(aggregation: str, values: tuple[float, ...], expected: float) -> None:
    found = aggregate(np.array([values], dtype=float), tree_of(flat(len(values), aggregation)))
    np.testing.assert_allclose(found[0, -1], expected, rtol=1e-14)


def test_penalty_of_half_strength_takes_half() -> None:
    definition = flat(2, "penalised")
    half = definition.model_copy(update={"nodes": [definition.nodes[0].model_copy(update={"strength": 0.5})]})
    assert aggregate(np.array([[10.0, 40.0]]), tree_of(half))[0, -1] == pytest.approx(21.25, abs=1e-12)


def test_a_child_without_weight_counts_in_no_mean() -> None:
    for aggregation in ("arithmetic", "geometric", "harmonic", "power", "min", "penalised"):
        tree = tree_of(flat(2, aggregation))._replace(weight=np.array([0.0, 1.0, 1.0]))
        assert aggregate(np.array([[-5.0, 40.0]]), tree)[0, -1] == pytest.approx(40, abs=1e-12)


def test_a_mean_that_does_not_exist_is_an_error_with_node_and_region() -> None:
    definition = flat(2, "geometric", normalisation={"method": "z_score"})
    with pytest.raises(IndexDataError, match=r"node index, r00 2023: its mean does not exist, as x0 is -0.707"):
        score(definition, long([[1, 5], [2, 6]]))


@pytest.mark.parametrize(
    ("policy", "filled"),
    [("mean", 30.0), ("median", 20.0), ("group_mean", 60.0), ("group_median", 60.0), ("leave_out", None)],
)
def test_missing_values_follow_the_policy_and_show_in_coverage(policy: str, filled: float | None) -> None:
    values = long([[10, 50], [20, 50], [60, 50], [NAN, 50]])
    found = score(flat(2, imputation=policy), values, {"r02": "a", "r03": "a", "r00": "b"})
    assert found.coverage[:, -1].tolist() == [1, 1, 1, 0.5]
    assert found.imputed[:, 0].tolist() == [False, False, False, filled is not None]
    assert found.score[3] == pytest.approx(50 if filled is None else (filled + 50) / 2, abs=1e-12)


def test_a_region_of_no_group_is_not_filled_by_group() -> None:
    found = score(flat(2, imputation="group_mean"), long([[10, 50], [NAN, 50]]), {"r00": "a"})
    assert not found.imputed.any()


def test_carry_forward_takes_the_period_before_and_fills_on() -> None:
    table = pl.concat(
        [long([[10, 50]], period="2021"), long([[NAN, 60]], period="2022"), long([[NAN, 70], [1, 2]], period="2023")]
    )
    found = score(flat(2, imputation="carry_forward"), table)
    assert found.leaves[:, 0].tolist() == [10, 10, 10, 1]
    gap = score(flat(2, imputation="carry_forward"), table.filter(pl.col("period") != "2022"))
    assert gap.leaves[:, 0].tolist()[1] == 10  # one period of the table, not one year


def test_under_the_minimum_coverage_there_is_no_score_and_no_rank() -> None:
    found = score(flat(3, minimum_coverage=2 / 3), long([[90, NAN, NAN], [10, 20, NAN], [30, 30, 30]]))
    assert np.isnan(found.score).tolist() == [True, False, False]
    assert found.rank.tolist() == [0, 2, 1]
    last = found.frame().filter(node="index").select("value", "rank", "coverage").rows()
    assert last == [(None, None, pytest.approx(1 / 3)), (15.0, 2, pytest.approx(2 / 3)), (30.0, 1, 1.0)]


def test_coverage_goes_by_weight_up_the_tree() -> None:
    table = long([[20, NAN, 80], [30, 40, 50]], ["air_pm25_mean", "air_o3_days", "forest_share"])
    found = score(small(), table)
    assert dict(zip(found.codes, found.coverage[0], strict=True)) == pytest.approx(
        {"pm": 1, "ozone": 0, "forest": 1, "air": 0.5, "climate": 1, "index": 0.7}
    )
    assert found.score[0] == pytest.approx(0.6 * 80 + 0.4 * 80)


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        ({"periods": "each"}, [0, 100, 0, 100]),
        ({"periods": "all"}, [0, 25, 50, 100]),
        ({"periods": ["2022"]}, [0, 100, 200, 400]),
        ({"periods": "all", "regions": ["r01"]}, [-100 / 3, 0, 100 / 3, 100]),
    ],
)
def test_the_panel_fixes_the_bounds(panel: dict[str, object], expected: list[float]) -> None:
    table = pl.concat([long([[10], [20]], period="2022"), long([[30], [50]], period="2023")])
    found = score(flat(1, normalisation={"method": "min_max"}, panel=panel), table)
    np.testing.assert_allclose(found.score, expected, rtol=1e-14, atol=1e-13)
    assert found.rank.tolist() == [2, 1, 2, 1]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"method": "min_max", "clip": True}, [0, 50, 100, 100, 0]),
        ({"method": "percentile"}, [0, 50, 100, 100, 0]),
        ({"method": "rank"}, [1, 2, 3, 4, 1]),
        ({"method": "z_score", "mean": 0, "sd": 1}, [-1, 0, 1, 4, -2]),
    ],
)
def test_a_row_outside_the_panel_is_measured_by_it(rule: dict[str, object], expected: list[float]) -> None:
    table = pl.concat([long([[20], [30], [40]], period="2022"), long([[70], [10]], period="2023")])
    found = score(flat(1, normalisation=rule, panel={"periods": ["2022"]}), table)
    np.testing.assert_allclose(found.score, expected, rtol=1e-14, atol=1e-14)


def test_a_row_outside_the_panel_is_held_to_the_bounds_the_panel_was_winsorised_to() -> None:
    panel = [[n] for n in (*range(10, 20), 99)]
    table = pl.concat([long(panel, period="2022"), long([[500], [15]], period="2023")])
    winsorise = {"method": "winsorise", "max_points": 1}
    found = score(flat(1, treatment=winsorise, panel={"periods": ["2022"]}), table)
    np.testing.assert_allclose(found.score, [*range(10, 20), 19, 19, 15], rtol=1e-14)


def test_a_logarithm_outside_the_panel_starts_at_the_panels_smallest_value() -> None:
    table = pl.concat([long([[0], [50], [100]], period="2022"), long([[-40], [200]], period="2023")])
    z = {"method": "goalposts", "low": 0, "high": np.log(201), "scale": [0, np.log(201)]}
    found = score(flat(1, treatment={"method": "log"}, panel={"periods": ["2022"]}, normalisation=z), table)
    np.testing.assert_allclose(found.score, np.log([1, 51, 101, 1, 201]), rtol=1e-13)


def test_ranks_are_taken_before_rounding_and_ties_share_the_best_place() -> None:
    assert ranks(np.array([50.04, 50.0400001, 10.0, NAN, 10.0, 5.0])).tolist() == [2, 1, 3, 0, 3, 5]


def test_denominators_divide_values_and_intervals() -> None:
    definition = flat(1)
    leaf = definition.leaves[0].model_copy(update={"denominator": "gdp"})
    table = pl.concat([long([[8]], lower=6.0, upper=12.0, model_sd=2.0), long([[4]], ["gdp"])], how="diagonal")
    found = inputs_of(definition.model_copy(update={"leaves": [leaf]}), table)
    assert [a[0, 0] for a in (found.values, found.lower, found.upper, found.model_sd)] == [2, 1.5, 3, 0.5]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (long([[1, 2]]).drop("period"), "lacks period"),
        (pl.concat([long([[1, 2]])] * 2), "4 rows share a key, first x0 of r00, 2023"),
        (long([[1, np.inf]]), "x1 of r00, 2023 is infinite"),
        (long([[1]]), "node x1: indicator x1 has no value"),
        (long([[1, 2]], lower=5.0, upper=6.0), "x0 of r00, 2023 lies outside its own interval"),
    ],
)
def test_a_table_that_does_not_fit_is_told_where(table: pl.DataFrame, said: str) -> None:
    with pytest.raises(IndexDataError, match=said):
        score(flat(2), table)


def test_a_period_or_panel_that_is_not_there_is_told() -> None:
    with pytest.raises(IndexDataError, match="no period '1999'; the table has 2023"):
        score(flat(1), long([[1]])).inputs.rows_of("1999")
    with pytest.raises(IndexDataError, match="no row of the table belongs to the panel"):
        score(flat(1, panel={"periods": ["1999"]}), long([[1]]))
