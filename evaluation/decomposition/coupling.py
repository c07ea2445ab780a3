"""Coupling coordination degree: whether systems are alike (C), well developed (T), and both (D).

Classic: C = (Π U_i)^(1/n) / mean U. Corrected: C = √[(1 − mean_{i<j} |U_i − U_j|) · (Π_i U_i / max U)^(1/(n−1))], which
for two systems is √[(1 − |U₁ − U₂|) min/max]: Wang Shujia, Kong, Ren, Zhi & Dai (2021), J. Natural Resources 36(3),
793–810; the classic C crowds near 1. T = Σ w_i U_i, D = √(C T).

Belongs here: C, T, D and the level by borders handed in. Does not belong here: how a system's U is made
(``evaluation.composite``) or the levels' names (an edition of the catalog).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.decomposition.given import DecompositionError, FloatArray, first_place

Form = Literal["classic", "corrected"]


@dataclass(frozen=True)
class Coordination:
    """Coupling C, development T and coordination D, each (…), each in 0 … 1."""

    coupling: FloatArray
    development: FloatArray
    coordination: FloatArray


def coordination(systems: ArrayLike, weights: ArrayLike | None = None, *, form: Form = "classic") -> Coordination:
    """C, T, D of ``systems`` (…, n), the levels U of n ≥ 2 systems in 0 … 1, with ``weights`` (n,), left out: equal.

    A system at 0 has nothing to couple: C = D = 0 by definition, also where all are 0 and C would be 0/0. Weights enter
    T alone. A missing U gives missing results. Raises DecompositionError for U outside 0 … 1, fewer than two systems,
    or weights that are negative or do not sum to 1.
    """
    if form not in get_args(Form):
        raise DecompositionError(f"there is no form {form!r} of coupling; one of {', '.join(get_args(Form))}")
    u = np.asarray(systems, dtype=np.float64)
    if u.ndim < 1 or u.shape[-1] < 2:
        raise DecompositionError(f"coupling needs at least two systems along the last axis, not shape {u.shape}")
    bad = (u < 0) | (u > 1)
    if bad.any():
        raise DecompositionError(
            f"{first_place(bad)}, are outside 0 … 1 ({u[bad].flat[0]:g}); scale each system over one panel first"
        )
    n = u.shape[-1]
    w = np.full(n, 1 / n) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (n,) or not (w >= 0).all() or abs(w.sum() - 1) > 1e-9:
        raise DecompositionError(f"{n} systems need {n} weights, zero or above, with sum 1, not {w.tolist()}")
    rising = np.sort(u, axis=-1)  # which system is named first changes no digit of C
    greatest = rising[..., -1:]
    # by the greatest: small levels do not underflow in the product
    relative = rising / np.where(greatest == 0, 1, greatest)
    if form == "classic":
        average = relative.mean(axis=-1)
        c = relative.prod(axis=-1) ** (1 / n) / np.where(average == 0, 1, average)
    else:
        apart = np.mean([rising[..., j] - rising[..., i] for i, j in combinations(range(n), 2)], axis=0)
        c = np.sqrt((1 - apart) * relative.prod(axis=-1) ** (1 / (n - 1)))
    c = np.minimum(c, 1.0)  # equal systems can come out one rounding above
    t = np.minimum((u * w).sum(axis=-1), 1.0)
    return Coordination(c, t, np.sqrt(c * t))


def level(degree: ArrayLike, upper: ArrayLike) -> NDArray[np.int64]:
    """Position of the level of each ``degree`` (…) among levels with ``upper`` borders (m,), included; −1 for missing.

    The lowest level takes 0 too. Raises DecompositionError unless ``upper`` rises and reaches the greatest degree.
    """
    d, borders = np.asarray(degree, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    if borders.ndim != 1 or not len(borders) or not (np.diff(borders) > 0).all():
        raise DecompositionError(f"upper borders of the levels must rise, not {borders.tolist()}")
    out = (d < 0) | (d > borders[-1])
    if out.any():
        raise DecompositionError(f"{first_place(out)}, are outside 0 … {borders[-1]:g}; no level holds them")
    return np.where(np.isnan(d), -1, np.searchsorted(borders, d, side="left"))
