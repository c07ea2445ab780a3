"""Random numbers by their address: seed, stream, draw and cell give the number, in whatever order it is asked for.

So a run can be computed again by itself, nothing is kept, and neither chunks nor the number of runs change a digit.
The mixing is that of SplitMix64 (Steele, Lea & Flood 2014), normals are by Box & Muller (1958). Does not belong here:
what is drawn (``uncertainty``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ONE = np.uint64(1)


@compiled
def _mixed(state: np.uint64, word: int) -> np.uint64:
    """``state`` with ``word`` mixed in."""
    z = (state ^ np.uint64(word)) + _GOLDEN
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@compiled
def uniform(seed: int, stream: int, draw: int, cell: int) -> float:
    """A number in (0, 1), uniform."""
    state = _mixed(_mixed(_mixed(_mixed(np.uint64(0), seed), stream), draw), cell)
    return (float(state >> _11) + 0.5) / 9007199254740992.0  # 53 bits, and never 0


@compiled
def normal(seed: int, stream: int, draw: int, cell: int) -> float:
    """A standard normal number."""
    first, second = uniform(seed, stream, draw, 2 * cell), uniform(seed, stream, draw, 2 * cell + 1)
    return float(np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second))


@compiled
def uniforms(seed: int, stream: int, draws: NDArray[np.int64], cells: int) -> NDArray[np.float64]:
    """``uniform`` for all ``draws`` and cells 0 … ``cells`` − 1 [draws × cells]."""
    out = np.empty((len(draws), cells))
    for line in range(len(draws)):
        for cell in range(cells):
            out[line, cell] = uniform(seed, stream, draws[line], cell)
    return out
