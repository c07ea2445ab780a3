"""What an audit varies: the assumptions of an index that could have been others, and the errors of its inputs.

Belongs here: the settings and their order. Does not belong here: drawing and computing runs (``uncertainty``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.composite.definition import Aggregation, Imputation, MinMax, Normalisation, Treatment, ZScore

# Weights ±25 %: what COINr and the JRC's audits take for the disagreement of experts who would all accept the index.
SPREAD = 0.25
# Intervals in `indicator_values` are 95 % ones.
INTERVAL_LEVEL = 0.95


@dataclass(frozen=True)
class Alternatives:
    """Each field is a factor; one that is empty (or false) is not varied and stays as the definition has it.

    ``imputation``, ``treatment``, ``normalisation``, ``aggregation``: alternatives, equally likely, each for all leaves
    or all nodes at once; None among them is the definition's own. ``weight_spread``: every weight is multiplied by a
    number from 1 ± spread, evenly; or ``weight_sets`` [sets × nodes], equally likely, in the order of ``tree.codes``.
    ``inputs``: every value is drawn from its own interval (two-piece normal, ``interval_level`` the probability of
    ``lower`` … ``upper``). ``model_error``: every value gets a normal error of its ``model_sd`` besides.
    """

    imputation: Sequence[Imputation | None] = ()
    treatment: Sequence[Treatment | None] = ()
    normalisation: Sequence[Normalisation | None] = ()
    aggregation: Sequence[Aggregation | None] = ()
    weight_spread: float = 0.0
    weight_sets: NDArray[np.float64] | None = None
    inputs: bool = False
    model_error: bool = False
    interval_level: float = INTERVAL_LEVEL

    def __post_init__(self) -> None:
        if not 0 <= self.weight_spread < 1:
            raise ValueError(
                f"weight_spread {self.weight_spread}: expected 0 to below 1, so that weights stay positive"
            )
        if self.weight_spread and self.weight_sets is not None:
            raise ValueError("weight_spread and weight_sets are given; expected one of them, drop the other")
        if not 0 < self.interval_level < 1:
            raise ValueError(f"interval_level {self.interval_level}: expected a probability, such as 0.95")

    @property
    def factors(self) -> dict[str, int]:
        """The factors that vary, in their order: number of alternatives, 0 where every draw is another."""
        sets = 0 if self.weight_sets is None else len(self.weight_sets)
        listed = {
            "imputation": len(self.imputation),
            "treatment": len(self.treatment),
            "normalisation": len(self.normalisation),
            "weights": sets,
            "aggregation": len(self.aggregation),
        }
        drawn = {"weights": bool(self.weight_spread), "inputs": self.inputs, "model_error": self.model_error}
        counts = listed | {name: 0 for name, is_on in drawn.items() if is_on}
        return {name: n for name, n in counts.items() if n or drawn.get(name)}

    def label(self, factor: str, number: int) -> str:
        """Name of a factor's alternative ``number`` (from 1; 0 is the definition's own)."""
        if number == 0:
            return "as defined"
        if factor in ("imputation", "treatment", "normalisation", "aggregation"):
            chosen = getattr(self, factor)[number - 1]
            return "as defined" if chosen is None else _named(chosen)
        return f"{'set' if self.factors[factor] else 'draw'} {number}"


def usual(*, inputs: bool, model_error: bool, missing: bool) -> Alternatives:
    """The alternatives of an ordinary audit, as the JRC's have them.

    How many points are winsorised, two normalisations, weights ±25 %, two means; imputation if values are ``missing``;
    the inputs' errors if there are any.
    Normalised values stay positive, so that the geometric mean exists in every run: min-max from 1, z around 10 with 2
    for a standard deviation (z below −5 takes an outlier among more than 26 regions that treatment left standing).
    """
    return Alternatives(
        imputation=(None, "median") if missing else (),
        treatment=tuple(Treatment(method="winsorise_then_log", max_points=points) for points in (1, 3, 5)),
        normalisation=(MinMax(method="min_max", scale=(1.0, 100.0)), ZScore(method="z_score", mean=10.0, sd=2.0)),
        aggregation=("arithmetic", "geometric"),
        weight_spread=SPREAD,
        inputs=inputs,
        model_error=model_error,
    )


def _named(chosen: str | Treatment | Normalisation) -> str:
    if isinstance(chosen, str):
        return chosen
    details = ", ".join(f"{name} {value}" for name, value in chosen.model_dump(exclude={"method"}).items())
    return f"{chosen.method} ({details})"
