"""What a mode hands over: a trained ensemble, the scale of its target, and the way back to the unit of the series.

Belongs here: :class:`Fitted` and the protocol of a mode. Does not belong here: how a mode trains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.weather_normalisation.predictors import Estimand
from evaluation.weather_normalisation.trees import Ensemble


@dataclass(frozen=True)
class Fitted:
    """A trained ensemble of ``y`` or of ``ln y``."""

    ensemble: Ensemble
    logs: bool
    """The trees predict the natural logarithm of the value."""
    smearing: float
    """Duan's (1983, JASA 78, 605) factor: the mean of exp(residual) over the training rows; 1 on the level scale."""
    n_rows: int

    def predict(self, x: ArrayLike) -> NDArray[np.float64]:
        """The expected value (rows,) in the unit of the series for a table (rows, predictors)."""
        score = self.ensemble.predict(x)
        return np.exp(score) * self.smearing if self.logs else score


class Mode(Protocol):
    """A way to train; a frozen dataclass whose fields are the settings that the model card prints."""

    @property
    def name(self) -> str:
        """Name of the mode, as people choose it."""

    @property
    def estimand(self) -> Estimand:
        """What the average keeps."""

    @property
    def window_days(self) -> int:
        """± days of the year a ``windowed`` average draws from."""

    def fit(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Fitted:
        """Train on (rows, predictors) and (rows,) values > 0; the order of the rows does not change a digit."""


def in_fixed_order(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same rows, sorted by all columns, so that bootstraps and sums do not depend on how they were given."""
    order = np.lexsort((y, *x.T))
    return np.ascontiguousarray(x[order]), y[order]
