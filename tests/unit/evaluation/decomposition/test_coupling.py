"""Coupling coordination: classic and corrected, n systems, equal to two implementations; degenerate cases defined."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.decomposition.coupling import coordination, level
from evaluation.decomposition.given import DecompositionError

FORM = {"standard": "classic", "adjusted": "corrected"}


@pytest.mark.parametrize("implementation", ["R_mathmodels", "numpy"])
def test_equals_the_reference(shared_data: Path, implementation) -> None:
    folder = shared_data / "index" / "lmdi_coupling"
    systems = pl.read_csv(folder / "ccd_inputs.csv")
    results = pl.read_csv(folder / f"ccd_results_{implementation}.csv")
    groups = results.group_by("type", "systems", "weights", maintain_order=True)
    compared = 0
    for (kind, names, weights), group in groups:
        u = systems.select(names.split("+")).to_numpy()
        w = None if weights == "equal" else [float(x) for x in weights.split("/")]
        ours = coordination(u, w, form=FORM[kind])
        assert group["ID"].to_list() == systems["ID"].to_list()
        for field, column in [("coupling", "C"), ("development", "T"), ("coordination", "D")]:
            theirs = group[column].cast(pl.String).str.strip_chars().cast(pl.Float64).to_numpy()
            np.testing.assert_allclose(getattr(ours, field), theirs, rtol=1e-9)
            compared += len(theirs)
    assert compared == 240


def test_the_published_pairs_of_both_forms(shared_data: Path) -> None:
    # Wang et al. (2021), table 8: the two C of a city-year must come from one pair (U1, U2), implied in the file
    rows = pl.read_csv(shared_data / "index" / "lmdi_coupling" / "ccd_published_wang2021_table8_C.csv")
    sharp = rows.filter(pl.col("C_original") < 0.98, "admissible_0_1")
    u = sharp.select("u_max_implied", "u_min_implied").to_numpy()
    assert sharp.height == 74
    for form, column in [("classic", "C_original"), ("corrected", "C_modified")]:
        np.testing.assert_allclose(coordination(u, form=form).coupling, sharp[column].to_numpy(), atol=5e-5)


def test_the_corrected_form_of_two_systems_is_the_domains() -> None:
    u1, u2 = 0.9, 0.4
    ours = coordination([u1, u2], form="corrected").coupling
    assert float(ours) == pytest.approx(np.sqrt((1 - abs(u1 - u2)) * min(u1, u2) / max(u1, u2)), rel=1e-15)


@given(
    arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(2, 6)), elements=st.floats(0, 1)),
    st.sampled_from(["classic", "corrected"]),
)
@settings(max_examples=200, deadline=None)
def test_all_three_stay_in_unit_and_do_not_care_for_order(u, form) -> None:
    found = coordination(u, form=form)
    for degree in (found.coupling, found.development, found.coordination):
        assert ((degree >= 0) & (degree <= 1)).all()
    turned = coordination(u[:, ::-1], form=form)
    np.testing.assert_array_equal(turned.coupling, found.coupling)


@pytest.mark.parametrize("form", ["classic", "corrected"])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_equal_systems_couple_fully(form, n) -> None:
    for u in (1e-300, 0.1, 0.7, 1.0):
        found = coordination([u] * n, form=form)
        assert float(found.coupling) == pytest.approx(1, rel=1e-12)
        assert float(found.coordination) == pytest.approx(np.sqrt(u), rel=1e-12)


def test_rounding_lifts_nothing_above_one() -> None:
    rng = np.random.default_rng(0)
    almost_equal = rng.uniform(0.2, 1, (100_000, 1)) * (1 - rng.integers(0, 4, (100_000, 3)) * 2.0**-53)
    assert coordination(almost_equal).coupling.max() == 1
    assert coordination([1.0] * 20).development == 1  # twenty times 1/20 is 1.0000000000000002


@pytest.mark.parametrize("form", ["classic", "corrected"])
@pytest.mark.parametrize("u", [[0, 0], [0, 0.5], [1, 0, 1], [0, 0, 0]])
def test_with_a_system_at_zero_nothing_is_coordinated(form, u) -> None:
    found = coordination(u, form=form)
    assert (float(found.coupling), float(found.coordination)) == (0, 0)
    assert float(found.development) == pytest.approx(np.mean(u))


def test_a_missing_system_is_missing_in_the_result() -> None:
    found = coordination([[0.5, np.nan], [0.5, 0.5]])
    np.testing.assert_array_equal(np.isnan(found.coordination), [True, False])


TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def test_levels_include_their_upper_border() -> None:
    degrees = [0, 0.05, 0.1, 0.1001, 0.5, 0.999, 1.0, np.nan]
    np.testing.assert_array_equal(level(degrees, TENTHS), [0, 0, 0, 1, 4, 9, 9, -1])


def test_the_domains_table_has_these_borders(shared_data: Path) -> None:
    table = shared_data.parent / "domain" / "coupling_levels.csv"
    if not table.exists():
        pytest.skip("the domain's table of levels is not beside the data")
    assert pl.read_csv(table)["d_max_inclusive"].to_list() == TENTHS


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: coordination([0.5, 1.2]), "first at \\(1,\\), are outside 0 … 1 \\(1.2\\); scale"),
        (lambda: coordination([0.5]), "at least two systems"),
        (lambda: coordination([0.5, 0.5], [0.5, 0.6]), "2 weights, zero or above, with sum 1"),
        (
            lambda: coordination([0.5, 0.5], form="modified"),
            "no form 'modified' of coupling; one of classic, corrected",
        ),
        (lambda: level([0.5], [0.4, 0.3]), "must rise"),
        (lambda: level([0.5], [0.2, 0.4]), "outside 0 … 0.4"),
    ],
)
def test_errors_teach(call, says) -> None:
    with pytest.raises(DecompositionError, match=says):
        call()
