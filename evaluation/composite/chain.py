"""A definition's rules in numbers, and the kernel that takes raw values to normalised ones under them.

Belongs here: what ``scoring`` and every run of ``audit`` share, so that both compute the same digits. Does not belong
here: the single steps (``impute``, ``treat``, ``normalise``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.definition import Definition, Imputation, Normalisation, Treatment
from evaluation.composite.impute import IMPUTATIONS, impute_column
from evaluation.composite.inputs import Layout
from evaluation.composite.normalise import in_numbers, normalise_column
from evaluation.composite.treat import NO_LIMIT, TREATMENTS, treat_column


class Rules(NamedTuple):
    """What happens to each leaf; methods as positions in the lists of their modules.

    ``direction`` ±1, ``imputation``, ``treatment``, ``max_points``, ``normalisation`` [leaves]; ``limits`` of skewness
    and kurtosis [leaves × 2]; ``parameters`` of the normalisation [leaves × 5].
    """

    direction: NDArray[np.float64]
    imputation: NDArray[np.int64]
    treatment: NDArray[np.int64]
    max_points: NDArray[np.int64]
    limits: NDArray[np.float64]
    normalisation: NDArray[np.int64]
    parameters: NDArray[np.float64]


def rules_of(
    definition: Definition,
    imputation: Imputation | None = None,
    treatment: Treatment | None = None,
    normalisation: Normalisation | None = None,
) -> Rules:
    """The rules of ``definition``; what is given besides stands in for every leaf's own."""
    leaves = definition.leaves
    treatments = [treatment or leaf.treatment or definition.treatment for leaf in leaves]
    normalisations = [in_numbers(normalisation or definition.rule_of(leaf)) for leaf in leaves]
    imputations = [imputation or leaf.imputation or definition.imputation for leaf in leaves]
    return Rules(
        direction=np.array([1.0 if leaf.direction == "higher" else -1.0 for leaf in leaves]),
        imputation=_integers([IMPUTATIONS.index(policy) for policy in imputations]),
        treatment=_integers([TREATMENTS.index(t.method) for t in treatments]),
        max_points=_integers([NO_LIMIT if t.max_points is None else t.max_points for t in treatments]),
        limits=np.array([(t.skewness, t.kurtosis) for t in treatments]),
        normalisation=_integers([method for method, _ in normalisations]),
        parameters=np.array([parameters for _, parameters in normalisations]),
    )


def normalised_table(values: NDArray[np.float64], layout: Layout, rules: Rules) -> NDArray[np.float64]:
    """``values`` [rows × leaves] imputed, treated and normalised."""
    out = np.empty_like(values)
    run_chain(values, layout, rules, out)
    return out


def imputed_table(values: NDArray[np.float64], layout: Layout, rules: Rules) -> NDArray[np.float64]:
    """``values`` [rows × leaves] imputed only: what the later steps start from."""
    out = np.array(values, dtype=np.float64)
    for leaf in range(out.shape[1]):
        own = np.ascontiguousarray(out[:, leaf])
        impute_column(own, rules.imputation[leaf], layout)
        out[:, leaf] = own
    return out


@compiled
def run_chain(values: NDArray[np.float64], layout: Layout, rules: Rules, out: NDArray[np.float64]) -> None:
    """``normalised_table`` into ``out`` [rows × leaves]."""
    column = np.empty(len(values))
    for leaf in range(values.shape[1]):
        column[:] = values[:, leaf]
        impute_column(column, rules.imputation[leaf], layout)
        for part in range(len(layout.fit_start) - 1):
            start, stop = layout.fit_start[part], layout.fit_start[part + 1]
            own, panel = column[start:stop], layout.panel[start:stop]
            treat_column(own, panel, rules.treatment[leaf], rules.max_points[leaf], rules.limits[leaf])
            normalise_column(own, panel, rules.normalisation[leaf], rules.parameters[leaf], rules.direction[leaf])
        out[:, leaf] = column


def _integers(numbers: Sequence[int]) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)
