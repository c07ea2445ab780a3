"""Mode ``boosted``: LightGBM on the logarithm of the value.

Belongs here: its settings and its training. Does not belong here: the average over weather, skill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.weather_normalisation.fitted import Fitted, in_fixed_order
from evaluation.weather_normalisation.predictors import Estimand
from evaluation.weather_normalisation.trees import from_lightgbm

DAILY_LEAVES = 31
"""London NO2, daily, 300 rounds of 0.05: test RMSE 13.2 with 31 leaves and with 63, which cost twice as much."""
SUBDAILY_LEAVES = 255
"""Beijing NO2, hourly: test RMSE 18.9 with 31 leaves, 16.7 with 127, 16.0 with 255 (11_effort_methods.md §1)."""


@dataclass(frozen=True)
class Boosted:
    """Gradient boosting of least squares (LightGBM); settings that are not named keep LightGBM's defaults."""

    estimand: Estimand = "weather_only"
    window_days: int = 14
    scale: Literal["log", "level"] = "log"
    """``log``: weather acts by factors (dilution) and a change in percent is the same at every level."""
    rounds: int = 300
    leaves: int = DAILY_LEAVES
    learning_rate: float = 0.1
    """London NO2: test RMSE 13.07 with 0.1 and 13.17 with 0.05, blocked 14.6 and 14.5: it hardly matters."""
    min_rows_in_leaf: int = 20
    seed: int = 1

    @property
    def name(self) -> str:
        """``boosted``."""
        return "boosted"

    def fit(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Fitted:
        """Train on (rows, predictors), NaN where weather is missing, and values ``y`` (rows,), > 0 on the log scale."""
        import lightgbm  # noqa: PLC0415 – half a second to import

        table, values = in_fixed_order(x, y)
        target = np.log(values) if self.scale == "log" else values
        booster = lightgbm.train(self._parameters(), lightgbm.Dataset(table, target), self.rounds)
        ensemble = from_lightgbm(booster)
        smearing = float(np.mean(np.exp(target - ensemble.predict(table)))) if self.scale == "log" else 1.0
        return Fitted(ensemble, self.scale == "log", smearing, len(values))

    def _parameters(self) -> dict[str, Any]:
        return {
            "objective": "regression",
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_rows_in_leaf,
            "seed": self.seed,
            # the three that make digits independent of machine and load
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbose": -1,
        }


def boosted_for(step: timedelta, **settings: Any) -> Boosted:
    """The settings for a series of this step: more leaves where a year holds thousands of values, not hundreds."""
    leaves = SUBDAILY_LEAVES if step < timedelta(days=1) else DAILY_LEAVES
    return Boosted(**{"leaves": leaves, **settings})
