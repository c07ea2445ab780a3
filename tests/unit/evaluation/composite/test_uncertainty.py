"""Runs: reproducible by address, drawn as declared, equal to scoring each case by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from evaluation.composite.audit.alternatives import Alternatives
from evaluation.composite.audit.draws import normal, uniforms
from evaluation.composite.audit.report import Settings, audit
from evaluation.composite.audit.sobol import estimate, saltelli_design
from evaluation.composite.audit.uncertainty import activity, compute, draw_design, factorial_design, simulate
from evaluation.composite.definition import MinMax, Treatment, ZScore
from evaluation.composite.inputs import IndexDataError
from evaluation.composite.scoring import Scores, score
from tests.unit.evaluation.composite.small import flat, long

FROM_ONE = MinMax(method="min_max", scale=(1, 100))
EVERYTHING = Alternatives(
    imputation=("mean", "median"),
    treatment=(None, Treatment(method="winsorise", max_points=2), Treatment(method="log")),
    normalisation=(FROM_ONE, ZScore(method="z_score", mean=50, sd=5)),
    aggregation=("arithmetic", "geometric"),
    weight_spread=0.25,
    inputs=True,
    model_error=True,
)


def table(rows: int = 12) -> pl.DataFrame:
    random = np.random.default_rng(5)
    values = np.exp(random.standard_normal((rows, 4)))
    values[0, 0] = 60  # an outlier, so that treatments differ
    values[3, 1] = np.nan
    return long(values, lower=values * 0.9, upper=values * 1.3, model_sd=0.05 * np.nan_to_num(values))


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score(flat(4, normalisation=FROM_ONE.model_dump(), imputation="mean"), table())


def test_the_same_seed_gives_the_same_digits_and_another_does_not(scores: Scores) -> None:
    one, same, other = (simulate(scores, "2023", EVERYTHING, runs=50, seed=seed) for seed in (1, 1, 2))
    assert one.scores.tobytes() == same.scores.tobytes()
    assert not np.isclose(one.scores, other.scores).all(axis=1).any()


def test_row_order_does_not_change_a_digit_of_the_runs(scores: Scores) -> None:
    turned = score(scores.definition, table().sample(fraction=1, shuffle=True, seed=3))
    found = [simulate(s, "2023", EVERYTHING, runs=50, seed=1).scores.tobytes() for s in (scores, turned)]
    assert found[0] == found[1]


def test_more_runs_only_add_runs_and_any_run_can_be_computed_by_itself(scores: Scores) -> None:
    many = simulate(scores, "2023", EVERYTHING, runs=60, seed=1)
    few = simulate(scores, "2023", EVERYTHING, runs=20, seed=1)
    assert many.scores[:20].tobytes() == few.scores.tobytes()
    alone = compute(scores, "2023", EVERYTHING, many.design[[41]], seed=1)
    assert alone.scores.tobytes() == many.scores[[41]].tobytes()


def test_leaving_a_factor_out_changes_no_other_draw() -> None:
    with_all = draw_design(EVERYTHING, first=0, runs=30, seed=1)
    without = draw_design(replace(EVERYTHING, treatment=()), first=0, runs=30, seed=1)
    assert np.delete(with_all, list(EVERYTHING.factors).index("treatment"), axis=1).tolist() == without.tolist()


def test_runs_equal_scoring_each_case_by_itself() -> None:
    """Every combination of the listed alternatives, by its own definition."""
    listed = replace(EVERYTHING, weight_spread=0.0, inputs=False, model_error=False)
    base = score(flat(4, normalisation=FROM_ONE.model_dump(), imputation="mean"), table())
    found = compute(base, "2023", listed, factorial_design(listed), seed=0)
    assert len(found.scores) == 2 * 3 * 2 * 2
    for run, (imputation, treatment, normalisation, aggregation) in enumerate(found.design):
        by_itself = flat(
            4,
            listed.aggregation[aggregation - 1] or "",
            imputation=listed.imputation[imputation - 1],
            treatment=(listed.treatment[treatment - 1] or Treatment()).model_dump(),
            normalisation=listed.normalisation[normalisation - 1].model_dump(),  # type: ignore[union-attr]
        )
        np.testing.assert_allclose(found.scores[run], score(by_itself, table()).score, rtol=1e-13)


def test_the_error_kernel_without_errors_is_the_exact_one(scores: Scores) -> None:
    bare = score(scores.definition, table().drop("lower", "upper", "model_sd"))
    design = draw_design(EVERYTHING, first=0, runs=40, seed=1)
    noisy = compute(bare, "2023", EVERYTHING, design, seed=1).scores
    exact = compute(bare, "2023", replace(EVERYTHING, inputs=False, model_error=False), design[:, :5], seed=1).scores
    assert noisy.tobytes() == exact.tobytes()


@pytest.mark.parametrize("alternatives", [Alternatives(), Alternatives(inputs=True, model_error=True)])
@pytest.mark.parametrize("panel", ["each", "all", ["2022"]])
def test_runs_in_which_nothing_varies_are_the_definition(alternatives: Alternatives, panel: object) -> None:
    """Also in the later of two periods, whose rows are not the first ones, whatever the panel."""
    values = np.random.default_rng(4).uniform(0, 90, (2, 6, 3))
    two = pl.concat([long(values[0], period="2022"), long(values[1], period="2023")])
    found = score(flat(3, normalisation={"method": "min_max"}, panel={"periods": panel}), two)
    runs = simulate(found, "2023", alternatives, runs=3, seed=1)
    assert runs.scores.tolist() == [found.score[6:].tolist()] * 3
    assert runs.nominal_rank.tolist() == found.rank[6:].tolist()


def test_inputs_are_drawn_from_their_own_interval() -> None:
    """95 % within, 2.5 % beyond either end, though the upper arm is three times the lower one."""
    wide = score(flat(1), long([[50.0]], lower=49.0, upper=53.0))
    drawn = simulate(wide, "2023", Alternatives(inputs=True), runs=40_000, seed=1).scores[:, 0]
    shares = [(drawn < 49).mean(), (drawn > 53).mean(), (drawn < 50).mean()]
    assert shares == pytest.approx([0.025, 0.025, 0.5], abs=0.01)
    assert shares[:2] == pytest.approx([0.025, 0.025], abs=4 * np.sqrt(0.025 * 0.975 / 40_000))


def test_the_models_error_comes_on_top_and_is_independent() -> None:
    both = score(flat(1), long([[50.0]], lower=50 - 3 * 1.959964, upper=50 + 3 * 1.959964, model_sd=4.0))
    sd = [
        simulate(both, "2023", chosen, runs=40_000, seed=1).scores.std()
        for chosen in (
            Alternatives(inputs=True), Alternatives(model_error=True), Alternatives(inputs=True, model_error=True)
        )
    ]  # fmt: skip
    assert sd == pytest.approx([3, 4, 5], rel=0.02)


def test_weights_are_spread_evenly_around_their_own(scores: Scores) -> None:
    """A leaf at 100 among zeros scores its share of the weights."""
    lone = score(flat(2), long([[100.0, 0.0], [0.0, 100.0]]))
    found = simulate(lone, "2023", Alternatives(weight_spread=0.25), runs=20_000, seed=1).scores / 100
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    ratio = found[:, 0] / found[:, 1]
    assert 0.6 <= ratio.min() < 0.61
    assert 1.64 < ratio.max() <= 1.25 / 0.75
    assert np.median(ratio) == pytest.approx(1, abs=0.01)


def test_draws_are_uniform_and_normal_and_unrelated_across_addresses() -> None:
    numbers = np.arange(20_000)
    one, other = (uniforms(seed, 3, numbers, 1)[:, 0] for seed in (1, 2))
    assert stats.kstest(one, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(20_000)
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 4 / np.sqrt(20_000)
    drawn = np.array([normal(1, 6, draw, cell) for draw in range(100) for cell in range(200)])
    assert stats.kstest(drawn, "norm").pvalue > 0.01


def test_an_inactive_alternative_is_found() -> None:
    """No gaps: imputation does nothing; no outliers: winsorising does nothing; two equal ones count once."""
    plain = score(flat(3, normalisation=FROM_ONE.model_dump()), long([[1, 2, 3], [2, 4, 1], [3, 3, 2], [5, 1, 2]]))
    chosen = Alternatives(
        imputation=("mean", "median"),
        treatment=(Treatment(method="log"), Treatment(method="winsorise"), Treatment(method="none")),
        weight_spread=0.25,
        inputs=True,
    )
    found = activity(plain, "2023", chosen, seed=1)
    assert found.select("factor", "is_active").rows() == [
        ("imputation", False),
        ("imputation", False),
        ("treatment", True),
        ("treatment", True),
        ("treatment", False),
        ("weights", True),
        ("inputs", False),
    ]


def test_a_mean_that_does_not_exist_names_the_alternatives(scores: Scores) -> None:
    bad = Alternatives(normalisation=(ZScore(method="z_score"),), aggregation=("geometric",))
    with pytest.raises(IndexDataError, match=r"normalisation: z_score \(mean 0\.0, sd 1\.0\), aggregation: geometric"):
        simulate(scores, "2023", bad, runs=5, seed=1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"weight_spread": 1.5}, "expected 0 to below 1"),
        ({"weight_spread": 0.2, "weight_sets": np.ones((2, 5))}, "expected one of them"),
        ({"interval_level": 95}, "expected a probability"),
    ],
)
def test_settings_that_cannot_be_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Alternatives(**fields)  # type: ignore[arg-type]


def test_an_audit_of_less_than_a_thousand_runs_is_refused(scores: Scores) -> None:
    with pytest.raises(ValueError, match="expected 1000 or more"):
        Settings(runs=999)


def test_an_audit_takes_up_the_errors_the_table_has(scores: Scores) -> None:
    found = audit(scores, "2023", settings=Settings(sobol_runs=64))
    assert list(found.alternatives.factors) == [
        "imputation", "treatment", "normalisation", "weights", "aggregation", "inputs", "model_error"
    ]  # fmt: skip
    own_scale = replace(found.alternatives, treatment=(), normalisation=(), aggregation=())
    runs = simulate(scores, "2023", own_scale, runs=1000, seed=1)
    ends = dict(zip(runs.regions, np.quantile(runs.scores, (0.05, 0.95), axis=0).T.tolist(), strict=True))
    told = found.ranks.select("region_code", "score_low", "score_high").rows()
    assert {region: list(interval) for region, *interval in told} == ends
    assert (found.ranks["tied_from"] <= found.ranks["tied_to"]).all()


def test_sobol_indices_of_an_additive_outcome_are_its_variances() -> None:
    """y = 3·a + b over two independent factors of two levels: S = T = 9/10 and 1/10."""
    two = Alternatives(imputation=("mean", "median"), aggregation=("arithmetic", "geometric"))
    design = saltelli_design(two, n=4096, seed=1)
    found = estimate((3 * design[:, 0] + design[:, 1]).astype(float), tuple(two.factors), seed=1)
    np.testing.assert_allclose([found.first, found.total], [[0.9, 0.1]] * 2, atol=0.03)
    for ends in (found.first_interval, found.total_interval):
        assert (ends[:, 0] <= [0.9, 0.1]).all()
        assert (ends[:, 1] >= [0.9, 0.1]).all()
