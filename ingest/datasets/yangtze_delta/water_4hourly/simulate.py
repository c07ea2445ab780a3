"""Shared water quality: class II to III waters; oxygen falls with temperature, nutrients vary by half."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.partners import readings

CARD = card_beside(__file__)
DAYS = 60
# usual level, noise (of the logarithm), decimals
USUAL = {
    "ph": (7.6, 0.02, 2),
    "codmn": (3.6, 0.2, 1),
    "nh3n": (0.3, 0.5, 2),
    "tp": (0.09, 0.3, 3),
    "tn": (1.9, 0.25, 2),
}


def simulate(world: World) -> Iterator[Feed]:
    """Labels at the beginning of each four hours."""
    return readings(CARD, world, kind="W", days=DAYS, hours=range(0, 24, 4), values=_values)


def _values(at: pl.Series, rng: np.random.Generator) -> dict[str, pl.Series]:
    summer = -np.cos(2 * np.pi * (at.dt.ordinal_day().to_numpy() - 25) / 365.25)
    temperature = 18 + 11 * summer + rng.normal(0, 0.6, at.len())
    oxygen = 14.6 * np.exp(-0.021 * temperature) * rng.uniform(0.85, 1.05, at.len())
    values = {"waterTemp": temperature.round(1), "do": oxygen.round(2)}
    for name, (usual, noise, decimals) in USUAL.items():
        values[name] = (usual * np.exp(rng.normal(0, noise, at.len()))).round(decimals)
    return {name: pl.Series(level).cast(pl.String) for name, level in values.items()}
