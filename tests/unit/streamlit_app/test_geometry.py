"""Shapes of the eleven cities: whole, closed, turned the way D3 wants them, without gaps between neighbours."""

from __future__ import annotations

import math

import numpy as np
import pytest

from streamlit_app import geometry

CITIES = [f"33{number:02d}00" for number in range(1, 12)]
KM_PER_DEG = 111.195


@pytest.fixture(scope="module")
def shapes() -> dict[str, geometry.Shape]:
    return {shape.region_code: shape for shape in geometry.shapes(CITIES)}


def rings(shape: geometry.Shape) -> list[np.ndarray]:
    return [np.array(polygon[0]) for polygon in shape.geometry["coordinates"]]


def test_every_city_has_a_shape(shapes: dict[str, geometry.Shape]) -> None:
    assert sorted(shapes) == CITIES


def test_rings_are_closed_and_clockwise(shapes: dict[str, geometry.Shape]) -> None:
    for shape in shapes.values():
        for ring in rings(shape):
            assert (ring[0] == ring[-1]).all()
            assert geometry.area_deg2(ring) < 0


def test_thinning_keeps_the_area_of_the_province(shapes: dict[str, geometry.Shape]) -> None:
    """浙江省: 105,500 km² of land."""
    found = sum(
        abs(geometry.area_deg2(ring)) * KM_PER_DEG**2 * math.cos(math.radians(ring[:, 1].mean()))
        for shape in shapes.values()
        for ring in rings(shape)
    )
    assert found == pytest.approx(105_500, rel=0.02)


def test_neighbours_share_their_border(shapes: dict[str, geometry.Shape]) -> None:
    """杭州 and 绍兴: the common vertices form a line, so no gap opens between them."""
    hangzhou, shaoxing = ({tuple(point) for point in rings(shapes[code])[0]} for code in ("330100", "330600"))
    assert len(hangzhou & shaoxing) > 100


def test_a_label_stands_inside_its_citys_largest_part(shapes: dict[str, geometry.Shape]) -> None:
    for shape in shapes.values():
        low, high = rings(shape)[0].min(axis=0), rings(shape)[0].max(axis=0)
        assert low[0] < shape.label_lon_deg < high[0]
        assert low[1] < shape.label_lat_deg < high[1]


def test_a_region_without_geometry_is_left_out() -> None:
    assert geometry.shapes(["000000"]) == []
