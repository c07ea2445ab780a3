"""How much of some weather lies outside the weather of a pool, where trees do not extrapolate.

Belongs here: shares outside the range of each variable and outside all of them jointly. Does not belong here: what
share makes a series not assessable (``evaluation.score``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from evaluation.series import AT, NotAssessable
from evaluation.weather_normalisation.pool import Pool
from evaluation.weather_normalisation.skill import blocked_folds

FAR = 0.99
"""Weather is far from the pool when its nearest neighbour is farther than that of 99 % of the pool's own rows, so that
a pool without any drift of weather shows about 1 % outside."""
FOLDS = 5
"""A pool row looks for its neighbour in the months of the other folds: within its own month the next day, or hour, is
always near (autocorrelation), and the distance would promise a reach the pool does not have."""


@dataclass(frozen=True)
class Reach:
    """Shares 0 … 1 of the judged rows."""

    rows: int
    outside: dict[str, float]
    """Beyond the pool's least or greatest value, per variable, of the rows where it is known."""
    outside_any: float
    """Beyond it in at least one variable."""
    far: float | None
    """No similar weather in the pool: :data:`FAR`. None when no row has all variables or the pool has < 5 months."""
    missing: float
    """At least one variable unknown; such rows are not judged jointly."""


def reach(pool: Pool, frame: pl.DataFrame) -> Reach:
    """Where the weather of ``frame`` (columns of ``pool.weather``) lies with respect to ``pool``.

    Joint distance: Euclidean, each variable in units of the pool's standard deviation. A range per variable does not
    see a hot gale; the distance does. A wind direction is taken as the number it is, so that 1° and 359° count as far
    apart, for the pool and the judged rows alike. Raises ValueError when ``frame`` has no row.
    """
    names = pool.weather
    own, rows = _table(pool.frame, names), _table(frame, names)
    if not len(rows):
        raise ValueError("there is no row whose weather could be judged")
    low, high = np.fmin.reduce(own, axis=0), np.fmax.reduce(own, axis=0)
    beyond = (rows < low) | (rows > high)
    known = ~np.isnan(rows)
    return Reach(
        rows=len(rows),
        outside={name: float(beyond[:, i].sum() / max(known[:, i].sum(), 1)) for i, name in enumerate(names)},
        outside_any=float(beyond.any(axis=1).mean()),
        far=_far(pool.frame[AT].to_numpy(), own, rows[known.all(axis=1)]),
        missing=float(1 - known.all(axis=1).mean()),
    )


def _far(at: NDArray[np.datetime64], own: NDArray[np.float64], rows: NDArray[np.float64]) -> float | None:
    complete = ~np.isnan(own).any(axis=1)
    own, at = own[complete], at[complete]
    try:
        folds = blocked_folds(at, "month", FOLDS)
    except NotAssessable:
        return None
    if not len(rows):
        return None
    scale = np.std(own, axis=0)
    own, rows = own / np.where(scale > 0, scale, 1.0), rows / np.where(scale > 0, scale, 1.0)
    usual = np.empty(len(own))
    for fold in range(FOLDS):
        usual[folds == fold] = cKDTree(own[folds != fold]).query(own[folds == fold])[0]
    limit = np.quantile(usual, FAR)
    return float(np.mean(cKDTree(own).query(rows)[0] > limit))


def _table(frame: pl.DataFrame, names: tuple[str, ...]) -> NDArray[np.float64]:
    return frame.select(pl.col(name).cast(pl.Float64).fill_null(np.nan) for name in names).to_numpy()
