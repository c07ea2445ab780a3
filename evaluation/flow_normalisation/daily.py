"""Daily estimates: concentration and flux as they flowed, and flow-normalised.

Does not belong here: years (``annual``), regressions (``surfaces``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.flow_normalisation.calendar import FEBRUARY_29, Floats, Ints
from evaluation.flow_normalisation.river import River
from evaluation.flow_normalisation.surfaces import FLOW_LEVELS, Grid, Surfaces, bilinear, grid, position

KG_PER_DAY = 86.4
"""mg/l times m3/s in kg/day."""
SLOTS = 366


@dataclass(frozen=True)
class Daily:
    """Per day, each (d,): concentration (mg/l) and flux (kg/day), with the day's own flow and flow-normalised."""

    log_concentration: Floats
    standard_error: Floats
    concentration: Floats
    flux: Floats
    fn_concentration: Floats
    fn_flux: Floats


@dataclass(frozen=True)
class FlowPool:
    """What flow normalisation takes from the flow record alone; the same for every surface.

    ``concentration``, ``flux`` (14, 367): per day of the year and level of ln Q, the mean weight of that level in
    bilinear interpolation over all flows seen on that day of the year, plain and times flow (kg/day per mg/l). Column =
    day slot.
    """

    grid: Grid
    concentration: Floats
    flux: Floats


def pool_slot(day_slot: Ints) -> Ints:
    """Day slots with 29 February joined to the 28th: both share one pool of flows (EGRET ``bin_Qs``)."""
    return np.where(day_slot == FEBRUARY_29, FEBRUARY_29 - 1, day_slot)


def flow_pool(river: River) -> FlowPool:
    """The pool of ``river``: each day of the year with every flow recorded on it."""
    points = grid(river.log_flow, river.decimal_year)
    level, share = position(points.log_flow, river.log_flow)
    slot = pool_slot(river.day_slot)
    count = np.bincount(slot, minlength=SLOTS + 1)
    means = []
    for factor in (np.ones_like(river.flow), river.flow * KG_PER_DAY):
        sums = np.zeros((FLOW_LEVELS, SLOTS + 1))
        np.add.at(sums, (level, slot), (1 - share) * factor)
        np.add.at(sums, (level + 1, slot), share * factor)
        means.append(sums / np.maximum(count, 1))
    return FlowPool(points, *means)


def flow_normalised(concentration: Floats, pool: FlowPool, river: River) -> tuple[Floats, Floats]:
    """Flow-normalised concentration (mg/l) and flux (kg/day) of every day, both (d,), from a surface (14, t).

    FN(day) = mean over all flows Q recorded on that day of the year of c(Q, day), for flux of c(Q, day) Q 86.4 (Hirsch,
    Moyer & Archfield 2010, eq. 6). As c(Q, day) is linear in the surface's 14 levels, the mean over flows is taken of
    the weights.
    """
    t, share = position(pool.grid.year, river.decimal_year)
    levels = concentration[:, t] * (1 - share) + concentration[:, t + 1] * share
    slot = pool_slot(river.day_slot)
    return (levels * pool.concentration[:, slot]).sum(axis=0), (levels * pool.flux[:, slot]).sum(axis=0)


def daily(river: River, surface: Surfaces) -> Daily:
    """All daily estimates (EGRET ``estDailyFromSurfaces``)."""
    log_concentration, standard_error, concentration = (
        bilinear(values, surface.grid, river.log_flow, river.decimal_year)
        for values in (surface.log_concentration, surface.standard_error, surface.concentration)
    )
    return Daily(
        log_concentration,
        standard_error,
        concentration,
        concentration * river.flow * KG_PER_DAY,
        *flow_normalised(surface.concentration, flow_pool(river), river),
    )
