"""LMDI-I: closes for any input including zeros, equal to LMDIR's, PyLMDI's and the numpy reference's figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.decomposition.given import DecompositionError
from evaluation.decomposition.lmdi import CHAIN, additive, log_mean, multiplicative, structural

CASES = {
    "LMDIR_simple_1971_1972": 2,
    "LMDIR_simple_1972_1973": 2,
    "LMDIR_simple_1973_1974": 2,
    "LMDIR_zero_X0_11": 2,
    "LMDIR_zero_XT_23": 2,
    "Ang2005_two_industries": 2,
    "own_fuelmix_zeros": 6,
    "PyLMDI_China_2017_2018": 1,
}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "index" / "lmdi_coupling"


def factors(folder: Path, case: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    rows = pl.read_csv(folder / "lmdi_inputs.csv", schema_overrides={"time": pl.String}).filter(case=case)
    names = [c for c in rows.columns if c[0] == "f" and rows[c].null_count() == 0]
    return tuple(  # type: ignore[return-value]
        {name.split("_", 1)[1]: rows.filter(time=time).sort("sector")[name].to_numpy() for name in names}
        for time in ("0", "T")
    )


def product(x: dict[str, np.ndarray]) -> np.ndarray:
    return np.prod(list(x.values()), axis=0)


@pytest.mark.parametrize(("case", "sectors"), CASES.items())
def test_every_effect_equals_the_reference(folder, case, sectors) -> None:
    before, after = factors(folder, case)
    effects = additive(before, after)
    totals = {name: effect.sum() for name, effect in effects.items()}
    growth = multiplicative(totals, product(before).sum(), product(after).sum())
    results = pl.read_csv(folder / "lmdi_results_long.csv").filter(case=case)
    compared = 0
    for _, implementation, quantity, factor, value in results.iter_rows():
        # PyLMDI knows no zeros and agrees where there are none; small values are the way not taken
        if implementation.startswith("smallvalue") or factor not in effects:
            continue
        ours = (
            totals[factor]
            if quantity.startswith("additive_total")
            else growth[factor]
            if quantity.startswith("multiplicative")
            else effects[factor][int(quantity.removeprefix("additive_sector")) - 1]
        )
        assert ours == pytest.approx(value, rel=1e-9, abs=1e-12), (implementation, quantity, factor)
        compared += 1
    assert compared >= len(effects) * (2 + sectors)


def test_the_printed_figures_of_lmdirs_own_tests(folder) -> None:
    printed = pl.read_csv(folder / "lmdi_published_check.csv")
    for case, quantity, factor, value in printed.select("case", "quantity", "factor", "published").iter_rows():
        before, after = factors(folder, case)
        effects = additive(before, after)
        total = {name: effect.sum() for name, effect in effects.items()}
        if quantity == "multiplicative":
            ours = multiplicative(total, product(before).sum(), product(after).sum())[factor]
        elif quantity == "additive_total":
            ours = total[factor]
        else:
            ours = effects[factor][int(quantity[-1]) - 1]
        assert ours == pytest.approx(value, abs=5e-9)  # half of their last digit, at most
    assert printed.height == 30


# zeros often, otherwise over many orders of magnitude
AMOUNT = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))


@given(arrays(np.float64, st.tuples(st.just(2), st.integers(1, 6), st.integers(1, 4)), elements=AMOUNT))
@settings(max_examples=300, deadline=None)
def test_the_effects_close_exactly_for_any_input(x) -> None:
    before, after = ({f"factor {i}": row for i, row in enumerate(period)} for period in x)
    effects = additive(before, after)
    change, size = product(after) - product(before), product(after) + product(before)
    gap = np.abs(sum(effects.values()) - change)
    # rounding of six logarithms up to ln 1e12, on terms as large as the greater product
    assert (gap <= 1e-13 * size).all()
    back = additive(after, before)
    for name, effect in effects.items():
        np.testing.assert_allclose(back[name], -effect, rtol=1e-9, atol=1e-13 * size.max())


@given(arrays(np.float64, (2, 3, 4), elements=AMOUNT), st.integers(0, 2))
@settings(max_examples=100, deadline=None)
def test_a_factor_that_stands_still_has_no_effect(x, still) -> None:
    x[1, still] = x[0, still]
    effects = additive(*({str(i): row for i, row in enumerate(period)} for period in x))
    np.testing.assert_array_equal(effects[str(still)], 0)


def test_factors_that_cancel_almost_keep_their_size() -> None:
    # 3 up, 3 down: the product is the same to rounding, the effects are V ln 3 and −V ln 3
    effects = additive({"a": 0.1, "b": 0.3}, {"a": 0.1 * 3, "b": 0.3 / 3})
    assert effects["a"] == pytest.approx(0.03 * np.log(3), rel=1e-12)
    assert effects["b"] == pytest.approx(-0.03 * np.log(3), rel=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((0, 2, 3), (4, 2, 3), (24, 0, 0)),  # one appears and takes all
        ((0, 2, 3), (4, 5, 7), (140, 0, 0)),  # whatever the others do
        ((4, 5, 7), (0, 2, 3), (-140, 0, 0)),  # and vanishes
        ((0, 0, 3), (4, 5, 7), (70, 70, 0)),  # two appear together: halves
        ((0, 2, 3), (4, 0, 3), (0, 0, 0)),  # one for another: the term is zero on both sides
        ((0, 2, 3), (0, 5, 7), (0, 0, 0)),
    ],
)
def test_zeros_by_their_limits(before, after, expected) -> None:
    effects = additive(dict(zip("abc", before, strict=True)), dict(zip("abc", after, strict=True)))
    assert tuple(float(effects[name]) for name in "abc") == expected


def test_halves_are_what_equal_small_values_tend_to() -> None:
    tiny = additive({"a": 1e-90, "b": 1e-90, "c": 3}, {"a": 4, "b": 5, "c": 7})
    assert tiny["a"] / 140 == pytest.approx(0.5, abs=0.01)
    assert tiny["b"] / 140 == pytest.approx(0.5, abs=0.01)


# activity of two sectors; energy and emission by three fuels
Q0, Q1 = np.array([60.0, 40.0]), np.array([65.0, 65.0])
E0 = np.array([[84.0, 36.0, 0.0], [8.0, 0.0, 32.0]])
E1 = np.array([[58.5, 35.1, 23.4], [0.0, 23.4, 35.1]])
FACTOR0, FACTOR1 = np.array([2.6, 2.0, 0.5]), np.array([2.6, 2.1, 0.5])


def test_the_chain_from_accounts_equals_the_reference_from_factors(folder) -> None:
    effects = structural((Q0, E0, E0 * FACTOR0), (Q1, E1, E1 * FACTOR1))
    assert tuple(effects) == CHAIN
    before, after = factors(folder, "own_fuelmix_zeros")
    np.testing.assert_allclose(product(before), (E0 * FACTOR0).ravel())  # the same economy
    reference = additive(before, after)
    for ours, theirs in zip(CHAIN, "QSIMU", strict=True):
        np.testing.assert_allclose(effects[ours].ravel(), reference[theirs], rtol=1e-9, atol=1e-10)


def test_what_does_not_exist_has_no_ratio_of_its_own() -> None:
    # a new sector with a fuel of its own: all of it is structure; a new fuel of an old sector: all of it is mix
    effects = structural(
        ([100.0, 0.0], [[50.0, 0.0], [0.0, 0.0]], [[100.0, 0.0], [0.0, 0.0]]),
        ([100.0, 10.0], [[30.0, 20.0], [0.0, 8.0]], [[60.0, 10.0], [0.0, 4.0]]),
    )
    new_sector = {name: float(effect[1, 1]) for name, effect in effects.items()}
    assert new_sector == pytest.approx({"activity": 0, "structure": 4, "intensity": 0, "mix": 0, "factor": 0})
    new_fuel = {name: float(effect[0, 1]) for name, effect in effects.items()}
    assert new_fuel == pytest.approx({"activity": 0, "structure": 0, "intensity": 0, "mix": 10, "factor": 0})


ACCOUNT = st.tuples(
    arrays(np.float64, (3, 2), elements=AMOUNT),
    arrays(np.float64, (3, 2, 2), elements=AMOUNT),
    arrays(np.float64, (3, 2, 2), elements=AMOUNT),
)


@given(ACCOUNT, ACCOUNT)
@settings(max_examples=150, deadline=None)
def test_the_chain_closes_in_every_region_sector_and_fuel(before, after) -> None:
    def possible(q, e, factor):
        e = e * (q > 0)[..., np.newaxis]  # no energy without activity
        return q, e, e * factor

    before, after = possible(*before), possible(*after)
    effects = structural(before, after)
    size = before[2] + after[2]
    assert (np.abs(sum(effects.values()) - (after[2] - before[2])) <= 1e-12 * size).all()


def test_regions_and_periods_at_once() -> None:
    rng = np.random.default_rng(8)
    q, e = rng.uniform(1, 9, (3, 5, 2)), rng.uniform(1, 9, (3, 5, 2, 4))  # periods, regions, sectors, fuels
    c = e * rng.uniform(1, 3, 4)
    chained = structural((q[:-1], e[:-1], c[:-1]), (q[1:], e[1:], c[1:]))
    alone = structural((q[1, 3], e[1, 3], c[1, 3]), (q[2, 3], e[2, 3], c[2, 3]))
    for name in CHAIN:
        assert chained[name].shape == (2, 5, 2, 4)
        np.testing.assert_array_equal(chained[name][1, 3], alone[name])


@pytest.mark.parametrize(("a", "b", "mean"), [(1, np.e, np.e - 1), (2, 2, 2), (0, 5, 0), (0, 0, 0), (1, 1 + 1e-15, 1)])
def test_the_logarithmic_mean(a, b, mean) -> None:
    assert float(log_mean(a, b)) == pytest.approx(mean, rel=1e-14)
    assert float(log_mean(b, a)) == pytest.approx(mean, rel=1e-14)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: additive({"a": 1}, {"b": 1}), "factors before \\(a\\) and after \\(b\\) differ"),
        (lambda: additive({}, {}), "before \\(none\\)"),
        (lambda: additive({"a": [1, -2]}, {"a": [1, 1]}), "a before: 1 of 2 values, first at \\(1,\\).*\\(-2\\)"),
        (lambda: additive({"a": 1e200, "b": 1e200}, {"a": 1, "b": 1}), "too large.*larger units"),
        (lambda: multiplicative({"a": 1}, 0, 5), "use the additive effects"),
        (
            lambda: structural(([0.0], [[1.0]], [[1.0]]), ([1.0], [[1.0]], [[1.0]])),
            "energy of a sector without activity",
        ),
        (
            lambda: structural(([1.0], [[0.0]], [[1.0]]), ([1.0], [[1.0]], [[1.0]])),
            "without energy, such as from a pro",
        ),
        (lambda: structural(([1.0], [1.0], [1.0]), ([1.0], [[1.0]], [[1.0]])), "do not fit; expected"),
    ],
)
def test_errors_teach(call, says) -> None:
    with pytest.raises(DecompositionError, match=says):
        call()
