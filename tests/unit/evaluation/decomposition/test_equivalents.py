"""Pollutant equivalents: mass over equivalent value, with the values of the domain's table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.decomposition.equivalents import equivalents
from evaluation.decomposition.given import DecompositionError

LAW = {"SO2": 0.95, "NOx": 0.95, "soot (smoke dust)": 2.18, "general dust": 4, "CO": 16.7}


def test_masses_become_equivalents() -> None:
    found = equivalents({"SO2": [95.0, -19.0], "soot (smoke dust)": [218.0, np.nan], "CO": 167.0}, LAW)
    np.testing.assert_allclose(found["SO2"], [100, -20])  # a reduction may be negative
    np.testing.assert_allclose(found["soot (smoke dust)"], [100, np.nan])
    assert float(sum(found.values())[0]) == pytest.approx(210)


def test_the_domains_table_has_these_values(shared_data: Path) -> None:
    table = shared_data.parent / "domain" / "pollutant_equivalents.csv"
    if not table.exists():
        pytest.skip("the domain's table of equivalents is not beside the data")
    air = pl.read_csv(table).filter(medium="air")
    values = dict(zip(air["name"], air["equivalent_kg"], strict=True))
    assert {name: values[name] for name in LAW} == LAW


@pytest.mark.parametrize(
    ("mass", "values", "says"),
    [
        ({"SO2": 1, "VOCs": 1}, LAW, "no equivalent value for VOCs; .*agree and record a value"),
        ({"SO2": 1}, {"SO2": 0}, "equivalent value of SO2 is 0; it is above zero, in kg"),
    ],
)
def test_nothing_is_left_out_in_silence(mass, values, says) -> None:
    with pytest.raises(DecompositionError, match=says):
        equivalents(mass, values)
