"""The change of a score splits exactly, part by part as a hand computation has it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.composite.change import Change, change
from evaluation.composite.definition import Definition
from tests.unit.evaluation.composite.small import long, named, payload, small

INDICATORS = ["air_pm25_mean", "air_o3_days", "forest_share"]
NAN = float("nan")


def two_years(before: Any, after: Any) -> pl.DataFrame:
    return pl.concat([long(before, INDICATORS, "2022"), long(after, INDICATORS, "2023")])


def total(found: Change) -> np.ndarray:
    parts = found.revision + found.structure + found.weights + found.coverage
    return found.before + parts + found.indicators.sum(axis=1)


def test_one_edition_and_no_revision_leave_indicators_only() -> None:
    table = two_years([[20, 40, 50]], [[10, 50, 60]])
    found = change(small(), small(), table, table, before="2022", after="2023")
    assert found.indicators[0].tolist() == pytest.approx([3.0, -3.0, 4.0], abs=1e-12)
    assert [p[0] for p in (found.revision, found.structure, found.weights, found.coverage)] == [0, 0, 0, 0]
    assert (found.before[0], found.after[0]) == (pytest.approx(62), pytest.approx(66))


def test_every_part_by_hand() -> None:
    """Published 2022: pm 30, revised to 20. New edition: climate gets a leaf (farm) at 0.25, air falls to 0.5."""
    new = payload(edition="2")
    new["nodes"][1]["weight"] = new["nodes"][2]["weight"] = 0.5
    new["leaves"][2]["weight"] = 0.75
    new["leaves"].append(named("farm", parent="climate", weight=0.25, indicator="farm_share", direction="higher"))
    farm = pl.concat([long([[90]], ["farm_share"], "2022"), long([[70]], ["farm_share"], "2023")])
    current = pl.concat([two_years([[20, 40, 50]], [[10, 40, 50]]), farm])
    published = long([[30, 40, 50]], INDICATORS, "2022")
    found = change(small(), Definition.model_validate(new), published, current, before="2022", after="2023")
    assert found.before[0] == pytest.approx(0.3 * 70 + 0.3 * 60 + 0.4 * 50)
    assert found.revision[0] == pytest.approx(0.3 * 10)
    # structure: climate becomes 0.75·50 + 0.25·90 = 60 instead of 50, still at 0.4
    assert found.structure[0] == pytest.approx(0.4 * 10)
    # weights: air (70) gives 0.1 to climate (60)
    assert found.weights[0] == pytest.approx(0.1 * (60 - 70))
    assert found.coverage[0] == 0
    assert dict(zip(found.leaves, found.indicators[0], strict=True)) == pytest.approx(
        {"pm": 0.25 * 10, "ozone": 0, "forest": 0, "farm": -0.125 * 20}
    )
    assert total(found)[0] == pytest.approx(found.after[0], abs=1e-12)


def test_a_leaf_that_only_one_year_has_is_coverage_not_indicator() -> None:
    table = two_years([[20, NAN, 50], [1, 1, 1]], [[20, 40, 50], [1, 1, 1]])
    found = change(small(), small(), table, table, before="2022", after="2023")
    assert found.indicators[0].tolist() == [0, 0, 0]
    assert found.coverage[0] == pytest.approx(0.6 * (70 - 80))


def test_another_aggregation_is_structure() -> None:
    table = two_years([[20, 40, 50]], [[20, 40, 50]])
    found = change(small(), small("min"), table, table, before="2022", after="2023")
    assert found.structure[0] == pytest.approx(50 - 62)
    assert total(found)[0] == pytest.approx(found.after[0], abs=1e-12)


def test_regions_without_both_scores_are_left_out_and_the_frame_sums_up() -> None:
    table = two_years([[20, 40, 50], [30, 30, 30]], [[10, 50, 60]])
    found = change(small(), small(), table, table, before="2022", after="2023")
    assert found.regions == ("r00",)
    frame = found.frame()
    assert frame["part"].to_list() == ["revision", "structure", "weights", "coverage", *["indicator"] * 3]
    assert frame["leaf"].to_list() == [None] * 4 + ["pm", "ozone", "forest"]
    assert frame["points"].sum() == pytest.approx((found.after - found.before)[0], abs=1e-12)


years = arrays(float, (4, 3), elements=st.one_of(st.integers(0, 400).map(lambda n: n / 4), st.just(NAN)))
AGGREGATIONS = st.sampled_from(["arithmetic", "geometric", "harmonic", "power", "min", "penalised"])


@settings(max_examples=60, deadline=None)
@given(st.tuples(years, years, years), AGGREGATIONS, AGGREGATIONS, st.integers(1, 9))
def test_the_parts_always_sum_to_the_change(
    tables: tuple[np.ndarray, np.ndarray, np.ndarray], old: str, new: str, weight: int
) -> None:
    """Any aggregation in either edition, other weights, gaps anywhere; the last region is complete."""
    published, before, after = tables
    for year in tables:
        year[-1] = (10, 20, 30)
    later = deepcopy(payload(new, edition="2", normalisation={"method": "min_max", "scale": [0, 50]}))
    later["nodes"][1]["weight"], later["nodes"][2]["weight"] = weight / 10, 1 - weight / 10
    found = change(
        small(old),
        Definition.model_validate(later),
        long(published, INDICATORS, "2022"),
        two_years(before, after),
        before="2022",
        after="2023",
    )
    both = np.isin([f"r0{n}" for n in range(4)], found.regions)
    np.testing.assert_allclose(total(found), found.after, rtol=1e-9, atol=1e-9)
    assert both[-1]
