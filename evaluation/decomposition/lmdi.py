"""LMDI-I: the change of a product of factors as a sum of one effect per factor, with nothing left over.

ΔV_x = L(V₁, V₀) ln(x₁/x₀), L(a, b) = (a − b) / (ln a − ln b), L(a, a) = a: Ang & Liu (2001), Energy 26(6), 537–548; Ang
(2005), Energy Policy 33, 867–871. Zeros by their analytical limits: Ang, Zhang & Choi (1998), Energy 23(6), 489–495,
Table 2; Ang & Liu (2007), Energy Policy 35, 238–246; Wood & Lenzen (2006), Energy Policy 34, 1326–1331, show that small
values instead (1e-20) converge so slowly that 1e-100 is still visibly wrong.

Belongs here: the effects, term by term, and the chain activity, structure, intensity, mix, factor. Does not belong
here: which chain a topic uses, or sums for a page (effects add up over any axis).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from evaluation.decomposition.given import DecompositionError, FloatArray, amounts, first_place

_SERIES = 0.5
"""Below this log ratio a − b cancels, and expm1 of the log ratio is the accurate one; above it either is."""

CHAIN = ("activity", "structure", "intensity", "mix", "factor")
"""C = Σ_ij Q · (Q_i/Q) · (E_i/Q_i) · (E_ij/E_i) · (C_ij/E_ij)."""


def additive(before: Mapping[str, ArrayLike], after: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """Effect of each factor in each term, in the unit of the product; their sum over names is V₁ − V₀ to rounding.

    ``before`` and ``after`` hold the same factors by name, zero or above, in shapes that broadcast together – any axes:
    regions, periods, sectors, fuels. Sum an effect over sectors and fuels to see it for the whole.

    Zeros: factors that alone make the term appear or vanish (0 → +, + → 0) take its whole change, in equal parts when
    they are several – the limit when their zeros shrink alike; a term that is zero on both sides has no effects. Raises
    DecompositionError when names differ or a value is negative or missing.
    """
    if not before or set(before) != set(after):
        raise DecompositionError(
            f"factors before ({', '.join(before) or 'none'}) and after ({', '.join(after) or 'none'}) differ; "
            "name the same factors in both"
        )
    names = list(before)
    given = [amounts(f"{name} before", before[name]) for name in names]
    given += [amounts(f"{name} after", after[name]) for name in names]
    x = np.stack(np.broadcast_arrays(*given))
    return dict(zip(names, _effects(x[: len(names)], x[len(names) :]), strict=True))


def structural(
    before: tuple[ArrayLike, ArrayLike, ArrayLike], after: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> dict[str, FloatArray]:
    """Effects of :data:`CHAIN`, each (…, sectors, fuels), between two periods given as (activity, energy, emission).

    ``activity`` Q_i (…, sectors), ``energy`` E_ij and ``emission`` C_ij (…, sectors, fuels), each in one unit
    throughout. A ratio of nothing by nothing (the emission factor of a fuel not used) says nothing: it stands as in the
    other period, so that a new fuel is an effect of mix and a new sector one of structure. Raises DecompositionError
    for energy without activity or emission without energy: no ratio makes something of nothing.
    """
    ratios0, ratios1 = _ratios(*before), _ratios(*after)
    held0, held1 = {}, {}
    for name in CHAIN:
        r0, r1 = np.broadcast_arrays(ratios0[name], ratios1[name])
        held0[name] = np.nan_to_num(np.where(np.isnan(r0), r1, r0))  # unknown on both sides: its term is zero on both
        held1[name] = np.nan_to_num(np.where(np.isnan(r1), r0, r1))
    return additive(held0, held1)


def multiplicative(effects: Mapping[str, ArrayLike], before: ArrayLike, after: ArrayLike) -> dict[str, FloatArray]:
    """The same effects as factors of growth, whose product is V₁/V₀: D_x = exp(ΔV_x / L(V₁, V₀)) (Ang 2005).

    ``effects`` are those of :func:`additive`, summed to the shape of the totals ``before`` and ``after``, both above
    zero.
    """
    v0, v1 = np.broadcast_arrays(amounts("before", before), amounts("after", after))
    none = (v0 == 0) | (v1 == 0)
    if none.any():
        raise DecompositionError(f"{first_place(none)}: a total is zero and has no ratio; use the additive effects")
    mean = log_mean(v1, v0)
    return {name: np.exp(np.asarray(effect, dtype=np.float64) / mean) for name, effect in effects.items()}


def log_mean(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Logarithmic mean L(a, b) of amounts zero or above; L(a, a) = a, L(a, 0) = 0."""
    x, y = np.broadcast_arrays(amounts("a", a), amounts("b", b))
    both = (x > 0) & (y > 0)
    x, y = np.where(both, x, 1), np.where(both, y, 1)
    return np.where(both, _mean(y, x, np.log(x) - np.log(y)), 0.0)


def _mean(v0: FloatArray, v1: FloatArray, log_ratio: FloatArray) -> FloatArray:
    """L(v1, v0) where ``log_ratio`` is ln(v1/v0)."""
    near = np.abs(log_ratio) < _SERIES
    s = np.where(near & (log_ratio != 0), log_ratio, 1.0)
    growth = np.where(log_ratio == 0, 1.0, np.expm1(s) / s)
    return np.where(near, v0 * growth, (v1 - v0) / np.where(near, 1.0, log_ratio))


def _effects(x0: FloatArray, x1: FloatArray) -> FloatArray:
    """Effects (m, …) of m factors ``x0`` → ``x1`` (m, …)."""
    with np.errstate(over="ignore"):  # told below, with what to do about it
        v0, v1 = x0.prod(axis=0), x1.prod(axis=0)
    if not (np.isfinite(v0).all() and np.isfinite(v1).all()):
        raise DecompositionError("a product of factors is too large for a number; choose larger units")
    zero0, zero1 = x0 == 0, x1 == 0
    whole = ~(zero0.any(axis=0) | zero1.any(axis=0))
    logs = np.log(np.where(whole, x1, 1)) - np.log(np.where(whole, x0, 1))
    # the sum of the very logs that are shared out, not ln(v1/v0): then the effects close wherever rounding falls
    smooth = logs * _mean(v0, v1, logs.sum(axis=0))
    switched = zero0 | zero1  # where the change is not zero, one side has no zero at all
    shares = switched / np.maximum(switched.sum(axis=0), 1)
    return np.where(whole, smooth, shares * (v1 - v0))


def _ratios(activity: ArrayLike, energy: ArrayLike, emission: ArrayLike) -> dict[str, FloatArray]:
    """The factors of :data:`CHAIN` of one period; NaN for nothing by nothing."""
    q, e, c = amounts("activity", activity), amounts("energy", energy), amounts("emission", emission)
    if e.ndim < 2 or e.shape != c.shape or q.shape != e.shape[:-1]:
        raise DecompositionError(
            f"activity {q.shape}, energy {e.shape} and emission {c.shape} do not fit; expected (…, sectors), "
            "(…, sectors, fuels) and the same again"
        )
    by_sector = e.sum(axis=-1)
    total = q.sum(axis=-1, keepdims=True)
    return {
        "activity": total[..., np.newaxis],
        "structure": _ratio("activity of a sector without activity of the whole", q, total)[..., np.newaxis],
        "intensity": _ratio("energy of a sector without activity", by_sector, q)[..., np.newaxis],
        "mix": _ratio("energy of a fuel without energy of its sector", e, by_sector[..., np.newaxis]),
        "factor": _ratio("emission of a fuel without energy, such as from a process", c, e),
    }


def _ratio(fault: str, part: FloatArray, base: FloatArray) -> FloatArray:
    base = np.broadcast_to(base, part.shape)
    bad = (base == 0) & (part > 0)
    if bad.any():
        raise DecompositionError(
            f"{fault}: {first_place(bad)}; correct the account, or give it a sector and fuel of its own with a base"
        )
    return np.where(base > 0, part / np.where(base > 0, base, 1), np.nan)
