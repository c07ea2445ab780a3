"""The synergy coordinate system and the cross elasticity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.decomposition.coordinates import ON_AXIS, coordinates, cross_elasticity


@pytest.mark.parametrize(
    ("pollution", "carbon", "quadrant", "angle", "distance"),
    [
        (1, 1, 1, 45, np.sqrt(2)),
        (np.sqrt(3), 1, 1, 30, 2),
        (-1, 1, 2, 135, np.sqrt(2)),
        (-1, -1, 3, -135, np.sqrt(2)),
        (1, -1, 4, -45, np.sqrt(2)),
        (2, 0, ON_AXIS, 0, 2),
        (2, -0.0, ON_AXIS, 0, 2),
        (-2, -0.0, ON_AXIS, 180, 2),
        (0, 3, ON_AXIS, 90, 3),
        (0, -3, ON_AXIS, -90, 3),
        (0, 0, ON_AXIS, np.nan, 0),
    ],
)
def test_points(pollution, carbon, quadrant, angle, distance) -> None:
    found = coordinates(pollution, carbon)
    assert int(found.quadrant) == quadrant
    assert float(found.angle) == pytest.approx(angle, nan_ok=True)
    assert float(found.distance) == pytest.approx(distance)


def test_a_missing_reduction_has_neither_quadrant_nor_angle() -> None:
    found = coordinates([np.nan, 1.0], [1.0, np.nan])
    np.testing.assert_array_equal(found.quadrant, [ON_AXIS, ON_AXIS])
    assert np.isnan(found.angle).all()


AMOUNT = st.floats(-1e6, 1e6)


@given(AMOUNT, AMOUNT, st.floats(1e-3, 1e3))
def test_the_quadrant_does_not_depend_on_units(pollution, carbon, unit) -> None:
    if (pollution == 0) == (pollution * unit == 0):  # a number may be too small to be divided
        assert coordinates(pollution * unit, carbon).quadrant == coordinates(pollution, carbon).quadrant


def test_elasticity_of_measures() -> None:
    # 10 % of carbon for 5 %, 20 %, −5 %, none; both rising looks like both falling; a base of zero
    carbon, base = [10, 10, 10, 10, -10, 10], [100, 100, 100, 100, 100, 0]
    pollution = [5, 20, -5, 0, -20, 20]
    np.testing.assert_allclose(
        cross_elasticity(carbon, base, pollution, 100), [2, 0.5, -2, np.nan, 0.5, np.nan], rtol=1e-15
    )


def test_arrays_of_regions_and_periods_broadcast() -> None:
    assert cross_elasticity(np.ones((3, 4)), np.full((3, 1), 10.0), np.ones(4), 5).shape == (3, 4)
    assert coordinates(np.ones((3, 4)), 1.0).angle.shape == (3, 4)
