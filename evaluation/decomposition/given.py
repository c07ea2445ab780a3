"""What the modules of this package are given.

Belongs here: the error they raise and the type they compute on. Does not belong here: a method.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


class DecompositionError(ValueError):
    """Input that has no decomposition: what is wrong, where, what was expected, how to mend it."""


def first_place(bad: NDArray[np.bool_]) -> str:
    """Where ``bad`` is true for the first time, for an error's text; positions count from 0."""
    return f"{int(bad.sum())} of {bad.size} values, first at {tuple(int(i) for i in np.argwhere(bad)[0])}"


def amounts(name: str, values: ArrayLike) -> FloatArray:
    """``values`` as floats. Raises DecompositionError naming ``name`` unless all are finite and zero or above."""
    given = np.asarray(values, dtype=np.float64)
    bad = ~(np.isfinite(given) & (given >= 0))
    if bad.any():
        raise DecompositionError(
            f"{name}: {first_place(bad)}, are missing, infinite or negative ({given[bad].flat[0]:g}); an amount is "
            "zero or above: leave out what is not known, account for sinks on their own"
        )
    return given
