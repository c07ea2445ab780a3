"""Tapio decoupling: the eight states with the borders of the domain's table, and what has no state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.decomposition.given import DecompositionError
from evaluation.decomposition.tapio import MISSING, NO_BASE, NO_GROWTH, State, decoupling

STATES = [
    State("strong decoupling", -1, 1, high=0),
    State("weak decoupling", 1, 1, low=0, low_included=True, high=0.8),
    State("expansive coupling", 1, 1, low=0.8, low_included=True, high=1.2, high_included=True),
    State("expansive negative decoupling", 1, 1, low=1.2),
    State("strong negative decoupling", 1, -1, high=0),
    State("weak negative decoupling", -1, -1, low=0, low_included=True, high=0.8),
    State("recessive coupling", -1, -1, low=0.8, low_included=True, high=1.2, high_included=True),
    State("recessive decoupling", -1, -1, low=1.2),
]


def test_these_are_the_states_of_the_domains_table(shared_data: Path) -> None:
    table = shared_data.parent / "domain" / "tapio_states.csv"
    if not table.exists():
        pytest.skip("the domain's table of states is not beside the data")

    def border(text: str | None, outermost: float) -> tuple[float, bool]:
        number = (text or "").split(" ")[0]
        return (float(number), "exclusive" not in text) if number else (outermost, False)

    read = []
    for row in pl.read_csv(table, infer_schema=False).iter_rows(named=True):
        (low, low_included), (high, high_included) = border(row["e_min"], -np.inf), border(row["e_max"], np.inf)
        sign = {">0": 1, "<0": -1}
        read.append(
            State(
                row["state_en"], sign[row["delta_env"]], sign[row["delta_gdp"]], low, high, low_included, high_included
            )
        )
    assert read == STATES


@pytest.mark.parametrize(
    ("load", "economy", "elasticity", "state"),
    [
        (95, 110, -0.5, "strong decoupling"),
        (105, 110, 0.5, "weak decoupling"),
        (108, 110, 0.8, "expansive coupling"),
        (112, 110, 1.2, "expansive coupling"),
        (113, 110, 1.3, "expansive negative decoupling"),
        (105, 90, -0.5, "strong negative decoupling"),
        (95, 90, 0.5, "weak negative decoupling"),
        (92, 90, 0.8, "recessive coupling"),
        (88, 90, 1.2, "recessive coupling"),
        (87, 90, 1.3, "recessive decoupling"),
        (100, 110, 0, "weak decoupling"),  # a load that stands still
        (100, 90, 0, "weak negative decoupling"),
    ],
)
def test_a_load_and_an_economy_of_100(load, economy, elasticity, state) -> None:
    found = decoupling(100, load, 100, economy, STATES)
    assert float(found.elasticity) == pytest.approx(elasticity, rel=1e-15)
    assert STATES[int(found.state)].name == state


def test_what_is_undefined_says_why() -> None:
    nan = np.nan
    found = decoupling(
        [100, 0, 100, -5, nan], [90, 5, 90, 5, 5], [100, 100, 0, 100, 100], [100, 110, 5, 110, 110], STATES
    )
    np.testing.assert_array_equal(found.state, [NO_GROWTH, NO_BASE, NO_BASE, NO_BASE, MISSING])
    assert np.isnan(found.elasticity).all()


def test_regions_and_periods_at_once() -> None:
    rng = np.random.default_rng(1)
    load, economy = rng.uniform(50, 150, (2, 90, 7))
    found = decoupling(load[:, :-1], load[:, 1:], economy[:, :-1], economy[:, 1:], STATES)
    e = (load[:, 1:] / load[:, :-1] - 1) / (economy[:, 1:] / economy[:, :-1] - 1)
    np.testing.assert_allclose(found.elasticity, e, rtol=1e-9)
    assert found.state.shape == (90, 6)
    for i, j in np.ndindex(found.state.shape):
        state = STATES[found.state[i, j]]
        assert state.low <= e[i, j] <= state.high
        assert state.load == np.sign(load[i, j + 1] - load[i, j])
        assert state.economy == np.sign(economy[i, j + 1] - economy[i, j])


@pytest.mark.parametrize(
    ("states", "says"),
    [
        (STATES[:3] + STATES[4:], "growing economy: they must reach from -inf to inf"),
        (STATES[:4], "shrinking economy"),
        ([replace(STATES[0], high=-0.1), *STATES[1:]], "ends at -0.1 and weak decoupling starts at 0"),
        (
            [*STATES[:3], replace(STATES[3], low_included=True), *STATES[4:]],
            "ends at 1.2 .* must belong to exactly one",
        ),
        (
            [replace(STATES[0], load=1), *STATES[1:]],
            "strong decoupling: signs of load \\(\\+1\\) and economy \\(\\+1\\)",
        ),
        ([*STATES, replace(STATES[0], economy=0)], "the sign of the economy's change is"),
    ],
)
def test_states_must_cover_every_change_once(states, says) -> None:
    with pytest.raises(DecompositionError, match=says):
        decoupling(1, 2, 1, 2, states)
