"""A score laid open: its parts sum to it, and it never stands without its interval."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.composite.audit.alternatives import Alternatives
from evaluation.composite.audit.report import Settings, audit
from evaluation.composite.explain import explain
from evaluation.composite.inputs import IndexDataError
from evaluation.composite.scoring import score
from tests.unit.evaluation.composite.small import long, small

INDICATORS = ["air_pm25_mean", "air_o3_days", "forest_share"]
NAN = float("nan")
TABLE = long([[20, 40, 50], [35, NAN, 52], [60, 20, 70], [15, 80, 30]], INDICATORS, lower=0.0, upper=100.0)


def test_an_explanation_has_value_interval_places_parts_and_gains() -> None:
    found = score(small(), TABLE)
    chosen = Alternatives(weight_spread=0.25, inputs=True)
    told = explain(found, audit(found, "2023", chosen, Settings(sobol_runs=16)), "r00")
    standing = told.standing
    assert standing["score"] == pytest.approx(62)
    assert standing["score_low"] < standing["score"] < standing["score_high"]
    assert (standing["rank"], standing["rank_low"], standing["rank_high"]) == (2, 1, 4)
    assert (standing["tied_from"], standing["tied_to"]) == (1, 4)
    assert (told.official, told.coverage) == (False, pytest.approx(1))
    assert told.leaves["points"].sum() == pytest.approx(62)
    # the best are pm 85, ozone 80, forest 70
    assert told.leaves.select("leaf", "raw", "weight", "points", "to_best").rows() == [
        ("forest", 50, pytest.approx(0.4), pytest.approx(20), pytest.approx(8)),
        ("ozone", 40, pytest.approx(0.3), pytest.approx(18), pytest.approx(6)),
        ("pm", 20, pytest.approx(0.3), pytest.approx(24), pytest.approx(1.5)),
    ]
    assert told.nodes.select("node", "value").rows() == [
        ("index", pytest.approx(62)), ("climate", pytest.approx(50)), ("air", pytest.approx(70))
    ]  # fmt: skip


def test_a_missing_leaf_stands_last_with_nothing_to_say() -> None:
    found = score(small(), TABLE)
    told = explain(found, audit(found, "2023", Alternatives(weight_spread=0.25), Settings(sobol_runs=16)), "r01")
    assert told.leaves.row(-1, named=True) | {"weight": 0.3} == {
        "leaf": "ozone", "indicator": "air_o3_days", "raw": None, "lower": None, "upper": None, "normalised": None,
        "weight": 0.3, "points": 0.0, "imputed": False, "per_point": None, "gap": None, "to_best": None,
    }  # fmt: skip
    assert told.coverage == pytest.approx(0.7)
    assert np.isclose(told.leaves["points"].sum(), told.standing["score"])


def test_a_region_without_a_score_cannot_be_explained() -> None:
    found = score(small(), TABLE)
    audited = audit(found, "2023", Alternatives(weight_spread=0.25), Settings(sobol_runs=16))
    with pytest.raises(IndexDataError, match="r99 has no score in 2023"):
        explain(found, audited, "r99")
