"""Weights that people decide: equal ones, and those of the registry of decisions.

Belongs here: what a recorded decision must hold, and the look-up of the one that counts. Does not belong here: weights
that follow from data (the other modules) and reading the registry's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from evaluation.weighting.given import FloatArray, WeightingError


@dataclass(frozen=True)
class Decision:
    """One entry of the registry: the weights under ``node`` of ``index`` in ``edition``, and who answers for them.

    ``weights`` by child code, in units of which ``total`` make the whole: 1, 100 per cent, or e.g. 109 – the 2016 Green
    Development Index has 32, 18, 21, 18, 10, 10 of 109, printed as 29.3, 16.5 … %, which no longer sum to 100.
    """

    index: str
    edition: str
    node: str
    weights: Mapping[str, float]
    total: float
    approver: str
    decided_on: date
    reason: str


def equal(k: int) -> FloatArray:
    """1/k for each of ``k`` ≥ 1 indicators."""
    if k < 1:
        raise WeightingError(f"weights for {k} indicators were asked for; there must be at least one")
    return np.full(k, 1 / k)


def expert(decisions: Iterable[Decision], index: str, edition: str, node: str, children: Sequence[str]) -> FloatArray:
    """The weights (k,) that were decided for ``children`` of ``node`` of ``index`` in ``edition``, summing to one.

    Raises WeightingError when there is no such decision or more than one, when nobody answers for it, when its children
    are not these, or when its weights are negative or miss their total by more than a rounding (1e-9 of it).
    """
    found = [d for d in decisions if (d.index, d.edition, d.node) == (index, edition, node)]
    where = f"{index}, edition {edition}, node {node}"
    if len(found) != 1:
        raise WeightingError(
            f"{where}: the registry holds {len(found)} decisions on its weights, not one; "
            + ("record a change as a new edition" if found else "record who decided them, when and why")
        )
    decision = found[0]
    for field in ("approver", "reason"):
        if not getattr(decision, field).strip():
            raise WeightingError(f"{where}: {field} is empty; a weight counts only with who decided it and why")
    _require_children(where, decision, children)
    _require_total(where, decision)
    return np.array([decision.weights[child] / decision.total for child in children])


def _require_children(where: str, decision: Decision, children: Sequence[str]) -> None:
    if len(set(children)) != len(children):
        raise WeightingError(f"{where}: a child stands twice among {', '.join(children)}")
    missing = [child for child in children if child not in decision.weights]
    beyond = sorted(set(decision.weights) - set(children))
    if missing or beyond:
        raise WeightingError(
            f"{where}: weights and tree differ – no weight for {missing or 'none'}, "
            f"weights for unknown {beyond or 'none'}; name each child once in both"
        )


def _require_total(where: str, decision: Decision) -> None:
    for child, weight in decision.weights.items():
        if not (np.isfinite(weight) and weight >= 0):
            raise WeightingError(f"{where}: the weight of {child} is {weight}; a weight is a number, zero or above")
    got = sum(sorted(decision.weights.values()))  # sorted: the sum does not depend on the order of writing
    if not (decision.total > 0 and abs(got - decision.total) <= 1e-9 * decision.total):
        raise WeightingError(
            f"{where}: weights sum to {got:.12g}, not to the stated total {decision.total:.12g}; give exact units "
            "(32 of 109, not the printed 29.3 %) or correct the total"
        )
