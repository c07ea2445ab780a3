"""The synergy coordinate system: a measure as a point, pollution reduced to the right, carbon reduced upwards.

Quadrant I both fall (synergy), II carbon falls and pollution rises, III both rise, IV pollution falls and carbon rises;
the cross elasticity says how fast carbon falls for a per cent of pollution: method of Mao Xianqiang's group, as
05_synergy.md §5.6 gives it (from memory there; their papers were not read).

Belongs here: quadrant, angle, distance and elasticity. Does not belong here: amounts in equivalents (``equivalents``),
or a measure's cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.decomposition.given import FloatArray

ON_AXIS = 0
"""One of the two did not change: neither synergy nor trade-off. Also where a value is missing (then the angle is
NaN)."""


@dataclass(frozen=True)
class Coordinates:
    """(…) each: ``quadrant`` 1 … 4 or :data:`ON_AXIS`, ``angle`` in degrees from the x axis, −180 … 180, ``distance``.

    Below 45° pollution leads, above it carbon – in the units given.
    """

    quadrant: NDArray[np.int64]
    angle: FloatArray
    distance: FloatArray


def coordinates(pollution_reduced: ArrayLike, carbon_reduced: ArrayLike) -> Coordinates:
    """The points of reductions (positive = fell) that broadcast together.

    The quadrant, and the order of angles within it, do not depend on units; angle and distance do. Give both as shares
    of their base where measures of unlike size or region are compared. At the origin the angle is NaN.
    """
    x, y = np.broadcast_arrays(
        np.asarray(pollution_reduced, dtype=np.float64), np.asarray(carbon_reduced, dtype=np.float64)
    )
    right, left, above, below = x > 0, x < 0, y > 0, y < 0
    quadrant = np.select([right & above, left & above, left & below, right & below], [1, 2, 3, 4], ON_AXIS)
    nowhere = (x == 0) & (y == 0)
    # + 0.0 turns −0.0 into 0.0: a point on the x axis is at 0° or 180°, never −180°
    angle = np.where(nowhere, np.nan, np.degrees(np.arctan2(y + 0.0, x + 0.0)))
    return Coordinates(quadrant.astype(np.int64), angle, np.hypot(x, y))


def cross_elasticity(
    carbon_reduced: ArrayLike, carbon_base: ArrayLike, pollution_reduced: ArrayLike, pollution_base: ArrayLike
) -> FloatArray:
    """(ΔCO₂/CO₂) / (ΔP/P): above 1 carbon falls faster, 0 … 1 slower, below 0 a trade-off; read with the quadrant.

    A positive one does not say synergy by itself: both may have risen (quadrant III). NaN where pollution did not
    change, or a base is not above zero.
    """
    dc, c, dp, p = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (carbon_reduced, carbon_base, pollution_reduced, pollution_base))
    )
    defined = (c > 0) & (p > 0) & (dp != 0)
    return np.where(defined, dc * p / np.where(defined, dp * c, 1), np.nan)
