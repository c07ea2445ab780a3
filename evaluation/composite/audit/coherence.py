"""Whether what is put together belongs together: correlations, Cronbach's α, principal components.

Does not belong here: how much an indicator counts (``importance``), weights from components (``evaluation.weighting``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from evaluation.composite.scoring import Scores

# OECD/JRC audits: below 0.3 an indicator hardly moves with the index; above 0.92 two say the same.
SILENT, COLLINEAR = 0.3, 0.92


@dataclass(frozen=True)
class Components:
    """Principal components of k columns.

    ``eigenvalues`` [k] of the correlation matrix, largest first; ``shares`` of variance [k]; ``loadings`` [k × k], one
    component per column, signs such that each sums to zero or more.
    """

    eigenvalues: NDArray[np.float64]
    shares: NDArray[np.float64]
    loadings: NDArray[np.float64]


def correlations(
    left: NDArray[np.float64],
    right: NDArray[np.float64] | None = None,
    kind: Literal["pearson", "spearman", "kendall"] = "pearson",
) -> NDArray[np.float64]:
    """Correlations of ``left``'s columns with ``right``'s (its own, if left out), each over the rows both have.

    Kendall's is τ-b (Kendall 1945); Spearman's ranks share means. NaN where a column is constant over those rows.
    """
    right = left if right is None else right
    out = np.empty((left.shape[1], right.shape[1]))
    for one, x in enumerate(left.T):
        for other, y in enumerate(right.T):
            both = ~(np.isnan(x) | np.isnan(y))
            out[one, other] = _correlation(x[both], y[both], kind)
    return out


def covariances(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Covariances (n − 1) of the columns, each over the rows both have."""
    out = np.empty((values.shape[1], values.shape[1]))
    for one, x in enumerate(values.T):
        for other, y in enumerate(values.T):
            both = ~(np.isnan(x) | np.isnan(y))
            n = int(both.sum())
            out[one, other] = _centred(x[both]) @ _centred(y[both]) / (n - 1) if n > 1 else np.nan
    return out


def cronbach_alpha(values: NDArray[np.float64], use: Literal["complete", "pairwise"] = "complete") -> float:
    """Cronbach's α of the columns of ``values``: k² · mean covariance between columns / sum of all covariances.

    ``complete``: only rows without gaps; ``pairwise``: each covariance over the rows both columns have. NaN for a
    single column.
    """
    k = values.shape[1]
    if k < 2:
        return float("nan")
    cov = covariances(values[~np.isnan(values).any(axis=1)] if use == "complete" else values)
    between = (cov.sum() - np.trace(cov)) / (k * (k - 1))
    return float(k * k * between / cov.sum())


def principal_components(values: NDArray[np.float64]) -> Components:
    """Principal components of the standardised columns, over the rows without gaps.

    Raises ValueError for a column that is constant there: it has no correlation with anything.
    """
    whole = values[~np.isnan(values).any(axis=1)]
    cor = correlations(whole)
    if np.isnan(cor).any():
        constant = int(np.flatnonzero(np.isnan(np.diag(cor)))[0])
        raise ValueError(f"column {constant} is constant over the {len(whole)} rows without gaps; leave it out")
    eigenvalues, vectors = np.linalg.eigh(cor)
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    signs = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    return Components(eigenvalues, eigenvalues / eigenvalues.sum(), vectors * signs)


def group_coherence(scores: Scores, period: str) -> pl.DataFrame:
    """One row per inner node, over its children's values of one period.

    ``node``, ``n_children``, ``alpha``, ``first_share`` (variance in the first component), ``n_components`` with an
    eigenvalue of 1 or more (Kaiser 1960); null where a child is constant or there is only one.
    """
    rows, tree = scores.inputs.rows_of(period), scores.tree
    found = []
    for inner in range(len(tree.method)):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        values = scores.values[rows][:, below]
        try:
            parts = principal_components(values) if len(below) > 1 else None
        except ValueError:
            parts = None
        alpha = cronbach_alpha(values)
        found.append(
            {
                "node": scores.codes[tree.n_leaves + inner],
                "n_children": len(below),
                "alpha": None if np.isnan(alpha) else alpha,
                "first_share": None if parts is None else float(parts.shares[0]),
                "n_components": None if parts is None else int((parts.eigenvalues >= 1).sum()),
            }
        )
    kinds = {"node": pl.String, "n_children": pl.Int64, "alpha": pl.Float64, "first_share": pl.Float64}
    return pl.DataFrame(found, schema=kinds | {"n_components": pl.Int64})


def against_the_index(scores: Scores, period: str) -> pl.DataFrame:
    """One row per leaf: Pearson correlation of its normalised value with its parent and the index in one period.

    ``works_against``: below zero with either, though better should mean higher in both; ``is_silent``: below 0.3 in
    size with the index.
    """
    values, tree = scores.values[scores.inputs.rows_of(period)], scores.tree
    parent = np.empty(tree.n_leaves, dtype=np.int64)
    for inner in range(len(tree.method)):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        parent[below[below < tree.n_leaves]] = tree.n_leaves + inner
    every = correlations(values[:, : tree.n_leaves], values[:, tree.n_leaves :])
    with_parent, with_index = every[np.arange(tree.n_leaves), parent - tree.n_leaves], every[:, -1]
    return pl.DataFrame(
        {
            "leaf": scores.codes[: tree.n_leaves],
            "parent": [scores.codes[node] for node in parent],
            "with_parent": with_parent,
            "with_index": with_index,
            "works_against": (with_parent < 0) | (with_index < 0),
            "is_silent": np.abs(with_index) < SILENT,
        }
    ).with_columns(pl.col("with_parent", "with_index").fill_nan(None))


def collinear_pairs(scores: Scores, period: str) -> pl.DataFrame:
    """Pairs of leaves whose normalised values correlate by 0.92 or more in size: they count one thing twice."""
    leaves = scores.leaves[scores.inputs.rows_of(period)]
    cor = correlations(leaves)
    one, other = np.nonzero(np.triu(np.abs(np.nan_to_num(cor)) >= COLLINEAR, k=1))
    return pl.DataFrame(
        {
            "leaf": [scores.codes[n] for n in one],
            "other": [scores.codes[n] for n in other],
            "correlation": cor[one, other],
        },
        schema={"leaf": pl.String, "other": pl.String, "correlation": pl.Float64},
    )


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64], kind: str) -> float:
    if kind == "kendall":
        upper = np.triu_indices(len(x), k=1)
        x, y = (np.sign(column[:, None] - column[None, :])[upper] for column in (x, y))
    else:
        if kind == "spearman":
            x, y = rankdata(x), rankdata(y)
        x, y = _centred(x), _centred(y)
    spread = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / spread if spread > 0 else float("nan")


def _centred(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Less its mean; exactly zero where it is constant."""
    if len(column) and column.min() == column.max():
        return np.zeros_like(column)
    centred: NDArray[np.float64] = column - column.mean()
    return centred
