"""ASEM's audit: coherence, the 3,600 recorded runs, and Sobol' indices against the enumeration of all 2,000 cases."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.composite.audit.alternatives import Alternatives
from evaluation.composite.audit.coherence import correlations, cronbach_alpha, principal_components
from evaluation.composite.audit.report import audit
from evaluation.composite.audit.sobol import estimate, exact, saltelli_design
from evaluation.composite.audit.uncertainty import activity, compute, factorial_design
from evaluation.composite.definition import MinMax, Treatment, ZScore
from evaluation.composite.scoring import Scores
from tests.unit.evaluation.composite.asem import Asem

FACTORS = {"treatment": "winmax", "normalisation": "norm", "weights": "weightset", "aggregation": "f_ag"}


@pytest.fixture(scope="module")
def four(asem: Asem, asem_scores: Scores) -> Alternatives:
    """COINr's vignette: winsorised points, normalisation, 100 recorded weight sets, aggregation."""
    sets = asem.read("20_noisy_weights_100sets")
    by_code = pl.DataFrame({"iCode": asem_scores.codes}).join(sets, on="iCode", how="left", maintain_order="left")
    return Alternatives(
        treatment=[Treatment(method="winsorise_then_log", max_points=points) for points in range(1, 6)],
        normalisation=[MinMax(method="min_max", scale=(1, 100)), ZScore(method="z_score", mean=10, sd=2)],
        weight_sets=by_code.select(f"w{n}" for n in range(1, 101)).to_numpy().T.copy(),
        aggregation=["arithmetic", "geometric"],
    )


@pytest.fixture(scope="module")
def every_case(asem_scores: Scores, four: Alternatives) -> np.ndarray:
    """The outcome (mean shift of ranks) in all 5 × 2 × 100 × 2 cases."""
    return compute(asem_scores, "2018", four, factorial_design(four), seed=0).rank_shift.reshape(5, 2, 100, 2)


@pytest.mark.parametrize("n", [100, 500])
def test_the_recorded_runs_replay_from_their_parameters(
    asem: Asem, asem_scores: Scores, four: Alternatives, n: int
) -> None:
    recorded = asem.read(f"20_SA_N{n}_parameters").select(FACTORS.values())
    numbers = recorded.with_columns(
        pl.col("norm").replace_strict({"minmax_1_100": 1, "zscore_10_2": 2}),
        pl.col("f_ag").replace_strict({"a_amean": 1, "a_gmean": 2}),
    )
    design = numbers.to_numpy().astype(np.int64)
    found = compute(asem_scores, "2018", four, design, seed=0)
    columns = [f"r_{run}" for run in range(1, 6 * n + 1)]
    assert found.factors == tuple(FACTORS)
    np.testing.assert_allclose(found.scores.T, asem.matrix(f"20_SA_N{n}_scores", columns), rtol=1e-9)
    assert (asem.matrix(f"20_SA_N{n}_ranks", columns) == found.ranks.T).all()
    outcome = asem.read(f"20_SA_N{n}_parameters")["mean_abs_rank_change"].to_numpy()
    np.testing.assert_allclose(found.rank_shift, outcome, rtol=1e-9)
    base = found.ranks[: 2 * n]
    for name, statistic in {"Mean": base.mean(axis=0), "Median": np.median(base, axis=0)}.items():
        np.testing.assert_allclose(statistic, asem.matrix(f"20_SA_N{n}_rankstats", [name])[:, 0], rtol=1e-9)
    ends = asem.matrix(f"20_SA_N{n}_rankstats", ["Q5", "Q95"]).T
    np.testing.assert_allclose(np.quantile(base, (0.05, 0.95), axis=0), ends, rtol=1e-9)


def test_every_case_of_the_enumeration(asem: Asem, every_case: np.ndarray) -> None:
    theirs = asem.read("23_exact_target_all2000")["mean_abs_rank_change"].to_numpy()
    np.testing.assert_allclose(every_case.ravel(), theirs, rtol=1e-9)


def test_exact_sobol_indices(asem: Asem, every_case: np.ndarray) -> None:
    first, total, second = exact(every_case)
    theirs = asem.read("23_exact_sobol_enumeration")
    np.testing.assert_allclose(first, theirs["Si_exact"].to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(total, theirs["STi_exact"].to_numpy(), rtol=1e-9)
    pairs = asem.read("23_exact_sobol_second_order")["Sij_exact"].to_numpy()
    np.testing.assert_allclose(list(second.values()), pairs, rtol=1e-9)


def test_estimated_indices_have_the_exact_ones_in_their_intervals(
    asem_scores: Scores, four: Alternatives, every_case: np.ndarray
) -> None:
    design = saltelli_design(four, n=2048, seed=1)
    outcome = compute(asem_scores, "2018", four, design, seed=1).rank_shift
    found = estimate(outcome, tuple(four.factors), seed=1)
    first, total, _ = exact(every_case)
    for truth, interval in ((first, found.first_interval), (total, found.total_interval)):
        assert (interval[:, 0] <= truth).all()
        assert (truth <= interval[:, 1]).all()
    assert np.ptp(found.first_interval, axis=1).max() < 0.1  # the peer's at N = 500 are wider than that


@pytest.mark.slow
def test_the_intervals_hold_the_exact_indices_as_often_as_they_say(four: Alternatives, every_case: np.ndarray) -> None:
    """Over 200 seeds a 95 % interval of n = 512 covers in 95 %: within four standard errors of 200 draws."""
    first, total, _ = exact(every_case)
    covered = np.zeros((2, 4))
    for seed in range(200):
        design = saltelli_design(four, n=512, seed=seed) - 1
        found = estimate(every_case[tuple(design.T)], tuple(four.factors), seed=seed)
        for kind, (truth, ends) in enumerate(((first, found.first_interval), (total, found.total_interval))):
            covered[kind] += (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    assert (covered / 200 > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 200)).all(), covered / 200


def test_activity_finds_the_one_alternative_that_does_nothing(
    asem: Asem, asem_scores: Scores, four: Alternatives
) -> None:
    """No indicator of ASEM needs more than four winsorised points, so a limit of 5 repeats the limit of 4."""
    assert asem.read("05_Treated_details")["winsorise.nwin"].max() == 4
    found = activity(asem_scores, "2018", four, seed=0)
    assert found.group_by("factor", maintain_order=True).len().rows() == [
        ("treatment", 5), ("normalisation", 2), ("weights", 1), ("aggregation", 2)
    ]  # fmt: skip
    idle = found.filter(~pl.col("is_active"))
    assert [(r[0], "max_points 5" in r[1]) for r in idle.rows()] == [("treatment", True)]


@pytest.mark.parametrize("kind", ["pearson", "spearman", "kendall"])
@pytest.mark.parametrize("levels", ["Treated_ind", "Agg_L1L2", "Agg_L2L4", "Agg_L1L4"])
def test_correlations(asem: Asem, asem_scores: Scores, levels: str, kind: str) -> None:
    recorded = asem.read(f"16_corr_{levels}_{kind}").drop_nulls()
    position = {code: n for n, code in enumerate(asem_scores.codes)}
    values = asem.matrix("05_Treated") if levels == "Treated_ind" else asem_scores.values
    ours = correlations(values, kind=kind)
    pairs = zip(recorded["Var1"], recorded["Var2"], strict=True)
    found = [ours[position[one], position[other]] for one, other in pairs]
    np.testing.assert_allclose(found, recorded["Correlation"].to_numpy(), rtol=1e-9, atol=1e-12)
    assert len(found) > 5


def test_cronbach_alpha_of_every_group_and_step(asem: Asem, asem_scores: Scores) -> None:
    position = {code: n for n, code in enumerate(asem_scores.codes)}
    steps = {
        "Raw": asem.matrix("01_Raw"),
        "Treated": asem.matrix("05_Treated"),
        "Normalised": asem_scores.leaves,
        "Aggregated": asem_scores.values,
    }
    recorded = asem.read("17_cronbach")
    parents = asem.meta.select("iCode", "Parent").drop_nulls()
    for step, use, group, n, alpha in recorded.iter_rows():
        members = asem.leaves if group == "ALL" else parents.filter(Parent=group)["iCode"].to_list()
        assert len(members) == n
        values = steps[step][:, [position[code] for code in members]]
        kind = {"pairwise.complete.obs": "pairwise", "complete.obs": "complete"}[use]
        assert cronbach_alpha(values, kind) == pytest.approx(alpha, rel=1e-9), (step, use, group)
    assert recorded.height == 57


def test_principal_components_up_to_sign(asem: Asem, asem_scores: Scores) -> None:
    position = {code: n for n, code in enumerate(asem_scores.codes)}
    eigen, loadings = asem.read("18_PCA_eigen"), asem.read("18_PCA_loadings")
    first_weights = {
        level: dict(asem.read(f"18_PCA_weights_level{level}").select("iCode", "Weight").iter_rows()) for level in (1, 2)
    }
    groups = loadings.select("group", "level").unique(maintain_order=True).rows()
    assert len(groups) == 10
    for group, level in groups:
        own = loadings.filter(group=group, level=level)
        members = own.filter(PC=1)["iCode"].to_list()
        found = principal_components(asem_scores.values[:, [position[code] for code in members]])
        theirs = eigen.filter(group=group, level=level).sort("PC")
        np.testing.assert_allclose(found.eigenvalues, theirs["eigenvalue"].to_numpy(), rtol=1e-9)
        np.testing.assert_allclose(found.shares, theirs["share"].to_numpy(), rtol=1e-9)
        for component in range(len(members)):
            order = pl.DataFrame({"iCode": members})
            one = order.join(own.filter(PC=component + 1), on="iCode", how="left", maintain_order="left")
            np.testing.assert_allclose(
                np.abs(found.loadings[:, component]), np.abs(one["loading"].to_numpy()), rtol=1e-9, atol=1e-12
            )
            assert abs(found.loadings[:, component] @ one["loading"].to_numpy()) == pytest.approx(1, rel=1e-9)
        weights = [abs(first_weights[level][code]) for code in members]
        np.testing.assert_allclose(np.abs(found.loadings[:, 0]), weights, rtol=1e-9)


def test_the_whole_audit_of_asem(asem: Asem, asem_scores: Scores) -> None:
    found = audit(asem_scores, "2018")
    assert found.ranks["rank"].to_list() == sorted(asem_scores.rank.tolist())
    assert set(found.alternatives.factors) == {"imputation", "treatment", "normalisation", "weights", "aggregation"}
    assert found.activity["is_active"].all()
    uncertain = found.pairs.filter(pl.col("certainty") < 0.9)
    places = {r["region_code"]: (r["tied_from"], r["tied_to"]) for r in found.ranks.iter_rows(named=True)}
    assert uncertain.height > 100
    for above, below, _ in uncertain.iter_rows():
        assert max(places[above][0], places[below][0]) <= min(places[above][1], places[below][1])
    assert found.coherence.filter(node="SusEcFin")["alpha"].item() == pytest.approx(-0.37682895307196584, rel=1e-9)
    theirs = asem.read("16_corr_Agg_L1L4_pearson").drop_nulls()
    negative = set(theirs.filter((pl.col("Var1") == "Index") & (pl.col("Correlation") < 0))["Var2"])
    assert set(found.against.filter(pl.col("with_index") < 0)["leaf"]) == negative
    assert "FDI" in negative
    assert found.sobol is not None
    assert found.sobol.factors == tuple(found.alternatives.factors)
