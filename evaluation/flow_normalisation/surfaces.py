"""Surfaces over time and flow: the grid, the regressions on it, and interpolation between its points.

Does not belong here: days and their flows (``daily``), weights and windows (``local_fits``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evaluation.flow_normalisation.calendar import Floats, Ints, water_year_bounds
from evaluation.flow_normalisation.local_fits import expected_concentration, local_fits
from evaluation.flow_normalisation.river import River, Samples
from evaluation.flow_normalisation.settings import EGRET, Settings

FLOW_LEVELS = 14
"""Levels of ln Q (EGRET ``surfaceIndex``)."""
FLOW_MARGIN = 0.05
"""How far the levels reach beyond the lowest and highest ln Q."""
STEPS_PER_YEAR = 16
"""Time steps of a calendar year."""


class Grid(NamedTuple):
    """``log_flow`` (14,): equally spaced levels of ln Q. ``year`` (t,): decimal years, 16 steps a year."""

    log_flow: Floats
    year: Floats


def grid(log_flow: Floats, decimal_year: Floats) -> Grid:
    """The grid around all days: ln Q from minimum - 0.05 to maximum + 0.05, whole years (EGRET ``surfaceIndex``)."""
    first, last = int(np.floor(decimal_year.min())), int(np.ceil(decimal_year.max()))
    levels = np.linspace(log_flow.min() - FLOW_MARGIN, log_flow.max() + FLOW_MARGIN, FLOW_LEVELS)
    return Grid(levels, first + np.arange((last - first) * STEPS_PER_YEAR + 1) / STEPS_PER_YEAR)


@dataclass(frozen=True)
class Surfaces:
    """Estimates on the grid, each (14, t): ln concentration (mg/l), its standard error, concentration (mg/l)."""

    grid: Grid
    log_concentration: Floats
    standard_error: Floats
    concentration: Floats


def surfaces(river: River, settings: Settings = EGRET, *, samples: Samples | None = None) -> Surfaces:
    """The three surfaces of ``river`` (EGRET ``estSurfaces``), from ``samples`` in place of its own if given.

    The edge adjustment measures from the bounds of the water years of the first and last sample.
    """
    used = river.samples if samples is None else samples
    points = grid(river.log_flow, river.decimal_year)
    log_flow, year = np.meshgrid(*points, indexing="ij")
    fits = local_fits(used, year.ravel(), log_flow.ravel(), water_year_bounds(used.date), settings)
    shape = log_flow.shape
    return Surfaces(
        points, fits[:, 0].reshape(shape), fits[:, 1].reshape(shape), expected_concentration(fits).reshape(shape)
    )


def position(axis: Floats, at: Floats) -> tuple[Ints, Floats]:
    """Where ``at`` (n,) lies on an equally spaced ``axis``: index of the point before, share of the step passed."""
    place = (at - axis[0]) / (axis[1] - axis[0])
    before = np.clip(place.astype(np.int64), 0, len(axis) - 2)
    return before, np.asarray(place - before)


def bilinear(surface: Floats, points: Grid, log_flow: Floats, decimal_year: Floats) -> Floats:
    """``surface`` (14, t) at ln Q and decimal years, (n,): bilinear interpolation (EGRET ``estDailyFromSurfaces``)."""
    q, q_share = position(points.log_flow, log_flow)
    t, t_share = position(points.year, decimal_year)
    now = surface[q, t] * (1 - q_share) + surface[q + 1, t] * q_share
    then = surface[q, t + 1] * (1 - q_share) + surface[q + 1, t + 1] * q_share
    return np.asarray(now * (1 - t_share) + then * t_share)
