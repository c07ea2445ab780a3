"""Mode ``forest``: a random forest as rmweather grows it with ranger, for comparison with published results.

A forest with few candidate variables per split understates steps (11_effort_methods.md §2: it finds about half of a
20 % step); evaluate by ``boosted`` or ``backfit``. Belongs here: the settings. Does not belong here: how trees grow
(``growing``), the average over weather, skill.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.weather_normalisation.fitted import Fitted, in_fixed_order
from evaluation.weather_normalisation.growing import grow
from evaluation.weather_normalisation.predictors import Estimand


@dataclass(frozen=True)
class Forest:
    """rmweather's defaults (``rmw_train_model``): 300 trees, ⌊√p⌋ candidates, nodes of 5, splits by variance."""

    estimand: Estimand = "unconstrained"
    window_days: int = 14
    trees: int = 300
    candidates: int | None = None
    """Variables tried at a split (ranger's ``mtry``); None = ⌊√p⌋."""
    min_node_size: int = 5
    """A node of so many draws, or fewer, is not split (ranger, regression)."""
    seed: int = 1

    @property
    def name(self) -> str:
        """``forest``."""
        return "forest"

    def fit(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Fitted:
        """Train on (rows, predictors), NaN where weather is missing, and values ``y`` (rows,)."""
        table, values = in_fixed_order(x, y)
        ensemble = grow(
            table,
            values,
            trees=self.trees,
            candidates=self.candidates or math.isqrt(x.shape[1]),
            min_node_size=self.min_node_size,
            seed=self.seed,
        )
        return Fitted(ensemble, False, 1.0, len(values))
