"""Seeded randomness: one independent stream per purpose, and noise with a memory.

Streams are named, so adding one never shifts another. numpy's PCG64 and its ziggurat normals are integer arithmetic up
to rare tails; elementary functions may differ between machines in the last bit, which rounding to the published
resolution removes (odds of a visible difference below 1e-7 in the whole two years).
"""

from __future__ import annotations

import zlib

import numpy as np

from ingest.simulate.items import Floats

NEGLIGIBLE = 1e-12


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The generator for one purpose."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode())])))


def remembered(innovations: Floats, memory_hours: float) -> Floats:
    """First-order autoregression along axis 0 with unit variance, from standard normal innovations.

    1/(1 − φB) = (1 + φB)(1 + φ²B²)(1 + φ⁴B⁴)…: a dozen vector operations in place of a loop over hours.
    """
    phi = float(np.exp(-1.0 / memory_hours))
    values: Floats = innovations * np.sqrt(1.0 - phi * phi)
    values[0] = innovations[0]
    shift, weight = 1, phi
    while shift < len(values) and weight > NEGLIGIBLE:
        values[shift:] += weight * values[:-shift]
        shift, weight = shift * 2, weight * weight
    return values


def shared_and_own(rng: np.random.Generator, hours: int, members: int, memory_hours: float, shared: float) -> Floats:
    """Noise of ``members`` series whose pairwise correlation is ``shared``; unit variance each."""
    common = remembered(rng.standard_normal((hours, 1)), memory_hours)
    own = remembered(rng.standard_normal((hours, members)), memory_hours)
    return np.asarray(np.sqrt(shared) * common + np.sqrt(1.0 - shared) * own)
