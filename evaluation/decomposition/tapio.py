"""Tapio decoupling: whether an environmental load grows with the economy, slower, or against it.

e = (ΔE/E₀) / (ΔG/G₀), and a state by the signs of the two changes and by e: Tapio (2005), Transport Policy 12(2),
137–151. G at constant prices. The states and their borders (0.8, 1.2) come in as data.

Belongs here: elasticity and state. Does not belong here: the states' names and borders (an edition of the catalog).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.decomposition.given import DecompositionError, FloatArray

NO_GROWTH = -1
"""The economy did not change: e divides by zero."""
NO_BASE = -2
"""A value of the first period is zero or below (a net sink): there is no relative change."""
MISSING = -3
"""A value is missing."""


@dataclass(frozen=True)
class State:
    """One state: signs of the two changes (±1), and the range of e with either end in or out of it."""

    name: str
    load: int
    economy: int
    low: float = -inf
    high: float = inf
    low_included: bool = False
    high_included: bool = False


@dataclass(frozen=True)
class Decoupling:
    """``elasticity`` (NaN where undefined) and ``state``, its position among those given or a reason below 0."""

    elasticity: FloatArray
    state: NDArray[np.int64]


def decoupling(
    load_before: ArrayLike,
    load_after: ArrayLike,
    economy_before: ArrayLike,
    economy_after: ArrayLike,
    states: Sequence[State],
) -> Decoupling:
    """Elasticity and state between two periods, for arrays that broadcast together (regions, pairs of periods).

    A load that did not change has e = 0 and belongs to the state whose range holds 0 in a growing, or shrinking,
    economy. Raises DecompositionError when ``states`` leave a gap or overlap: each pair of changes has exactly one
    state.
    """
    _require_partition(states)
    e0, e1, g0, g1 = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (load_before, load_after, economy_before, economy_after))
    )
    missing = ~(np.isfinite(e0) & np.isfinite(e1) & np.isfinite(g0) & np.isfinite(g1))
    no_base = ~missing & ((e0 <= 0) | (g0 <= 0))
    no_growth = ~missing & ~no_base & (g1 == g0)
    defined = ~(missing | no_base | no_growth)
    growth = np.where(defined, g1 - g0, 1)
    # one division only: 8 % against 10 % is 0.8, a border, while 0.08 / 0.1 is 0.7999…
    e = np.where(defined, (e1 - e0) * g0 / np.where(defined, growth * e0, 1), np.nan)
    fits = [
        (np.sign(growth) == s.economy)
        & ((e >= s.low) if s.low_included else (e > s.low))
        & ((e <= s.high) if s.high_included else (e < s.high))
        for s in states
    ]
    known = np.select(fits, np.arange(len(states)).tolist(), default=MISSING)
    return Decoupling(e, np.select([missing, no_base, no_growth], [MISSING, NO_BASE, NO_GROWTH], default=known))


def _require_partition(states: Sequence[State]) -> None:
    """Raises DecompositionError unless the states of each sign of growth cover every e exactly once, signs agreeing."""
    for economy in (1, -1):
        row = sorted((s for s in states if s.economy == economy), key=lambda s: (s.low, s.high))
        where = f"states of a {'growing' if economy > 0 else 'shrinking'} economy"
        if not row or row[0].low != -inf or row[-1].high != inf:
            raise DecompositionError(f"{where}: they must reach from -inf to inf; leave the outermost borders open")
        for a, b in pairwise(row):
            if a.high != b.low or a.high_included == b.low_included:
                raise DecompositionError(
                    f"{where}: {a.name} ends at {a.high:g} and {b.name} starts at {b.low:g}; one border "
                    "must belong to exactly one of them"
                )
        for s in row:
            if s.load != (-economy if s.high <= 0 else economy):
                raise DecompositionError(
                    f"state {s.name}: signs of load ({s.load:+d}) and economy ({economy:+d}) contradict its range "
                    f"{s.low:g} … {s.high:g}; e is below 0 where the signs differ"
                )
    odd = [s.name for s in states if s.economy not in (1, -1)]
    if odd:
        raise DecompositionError(f"state {odd[0]}: the sign of the economy's change is +1 or -1")
