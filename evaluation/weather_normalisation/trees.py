"""An ensemble of regression trees as flat arrays, read from LightGBM or scikit-learn.

Belongs here: the arrays, how a library's own model becomes them, where a split sends a value, prediction. Does not
belong here: training (``forest``, ``boosted``), averages over weather (``partial_dependence``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluation.compiled import compiled

LEAF = -1
"""Stands in ``Nodes.feature`` where a node is a leaf."""

MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2
"""What a split takes for missing: LightGBM's ``missing_type`` (bits 2–3 of ``decision_type``, tree.h)."""

ZERO = float(np.float32(1e-35))
"""LightGBM's ``kZeroThreshold`` (meta.h), a float: with ``MISSING_ZERO`` anything so near to zero is missing."""

_PLAIN_OBJECTIVES = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
"""LightGBM objectives whose prediction is the sum of the leaves; the others transform it (exp, sigmoid, square)."""


class UnsupportedModelError(ValueError):
    """A model whose trees cannot be read exactly: says what it has and what to train instead."""


class Nodes(NamedTuple):
    """All nodes of all trees; what kernels take.

    A row goes left at node i when ``x[feature[i]] <= threshold[i]``; what ``missing[i]`` calls missing goes left when
    ``default_left[i]``; a NaN that the split does not know as missing counts as 0 (LightGBM, ``NumericalDecision``).
    """

    feature: NDArray[np.int32]
    """(nodes,) column of the split, ``LEAF`` at leaves."""
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    """(nodes,) index of the left child; likewise ``right``."""
    right: NDArray[np.int32]
    value: NDArray[np.float64]
    """(nodes,) what a leaf adds, in the unit of the target; 0 at splits."""
    missing: NDArray[np.uint8]
    default_left: NDArray[np.bool_]
    roots: NDArray[np.int32]
    """(trees,) index of each tree's root."""


@dataclass(frozen=True)
class Ensemble:
    """``prediction = scale × Σ_trees value of the leaf``."""

    nodes: Nodes
    n_features: int
    scale: float = 1.0
    single_precision: bool = False
    """Inputs are rounded to float32 before they are compared, as scikit-learn does."""

    def inputs(self, x: ArrayLike) -> NDArray[np.float64]:
        """``x`` (rows, features) as the splits see it; ValueError when the number of columns is another."""
        table = np.asarray(x, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != self.n_features:
            raise ValueError(f"the model was trained on {self.n_features} columns, the table has shape {table.shape}")
        return table.astype(np.float32).astype(np.float64) if self.single_precision else table

    def predict(self, x: ArrayLike) -> NDArray[np.float64]:
        """The model's prediction for every row of ``x`` (rows, features), in the unit of the target."""
        return self.scale * _sum_of_leaves(self.nodes, np.ascontiguousarray(self.inputs(x)))


@compiled
def goes_left(x: float, threshold: float, missing: int, default_left: bool) -> bool:
    """Whether a split sends ``x`` to its left child (LightGBM 4 ``Tree::NumericalDecision``)."""
    if np.isnan(x):
        if missing == MISSING_NAN:
            return default_left
        x = 0.0
    if missing == MISSING_ZERO and -ZERO <= x <= ZERO:
        return default_left
    return x <= threshold


@compiled
def _sum_of_leaves(nodes: Nodes, x: NDArray[np.float64]) -> NDArray[np.float64]:
    feature, threshold, left, right, value, missing, default_left, roots = nodes
    total = np.zeros(x.shape[0])
    for root in roots:
        for row in range(x.shape[0]):
            node = root
            while feature[node] != LEAF:
                goes = goes_left(x[row, feature[node]], threshold[node], missing[node], default_left[node])
                node = left[node] if goes else right[node]
            total[row] += value[node]
    return total


def from_lightgbm(booster: Any) -> Ensemble:
    """The trees of a ``lightgbm.Booster`` (its best iteration, as its own ``predict`` takes them).

    Read from ``model_to_string``, which prints thresholds and leaves with 17 digits. Raises UnsupportedModelError for
    categorical splits, linear leaves, several outputs and objectives that transform the sum of the leaves.
    """
    header, *blocks = str(booster.model_to_string()).split("\n\nend of trees")[0].split("\nTree=")
    facts = _fields(header)
    objective = facts.get("objective", "regression").split()
    if objective[0] not in _PLAIN_OBJECTIVES or "sqrt" in objective:
        raise UnsupportedModelError(
            f"objective {' '.join(objective)!r} transforms the sum of its leaves: train with objective='regression'"
        )
    if facts.get("num_tree_per_iteration", "1") != "1":
        raise UnsupportedModelError("the model has several outputs: train one model for each")
    # boosting='rf' predicts the mean of its trees and says so by a word alone in the header
    averaged = "average_output" in header.splitlines()
    return joined(
        [_lightgbm_tree(_fields(block)) for block in blocks],
        n_features=int(facts["max_feature_idx"]) + 1,
        averaged=averaged,
        single_precision=False,
    )


def from_sklearn(model: Any) -> Ensemble:
    """The trees of a fitted RandomForestRegressor, ExtraTreesRegressor, DecisionTreeRegressor or ExtraTreeRegressor.

    Splits compare float32 inputs with float64 thresholds, NaN goes to ``missing_go_to_left`` (``_tree.pyx``,
    ``_apply_dense``). Raises UnsupportedModelError for anything else, and for several outputs.
    """
    from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor  # noqa: PLC0415 – a second to import
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415

    if isinstance(model, RandomForestRegressor | ExtraTreesRegressor):
        members = list(model.estimators_)
    elif isinstance(model, DecisionTreeRegressor):
        members = [model]
    else:
        raise UnsupportedModelError(
            f"{type(model).__name__} is not a forest of regression trees: RandomForestRegressor, ExtraTreesRegressor "
            "and single trees are read; for boosted trees use LightGBM and from_lightgbm"
        )
    if model.n_outputs_ != 1:
        raise UnsupportedModelError("the model has several outputs: train one model for each")
    return joined(
        [_sklearn_tree(member.tree_) for member in members],
        n_features=int(model.n_features_in_),
        averaged=True,
        single_precision=True,
    )


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _lightgbm_tree(facts: dict[str, str]) -> Nodes:
    if facts["num_cat"] != "0":
        raise UnsupportedModelError(
            "a split on categories has no threshold: pass weekday and hour as numbers (no categorical_feature)"
        )
    if facts.get("is_linear", "0") != "0":
        raise UnsupportedModelError("leaves hold linear models: train with linear_tree=False")
    leaves = np.array(facts["leaf_value"].split(), dtype=np.float64)
    splits = len(leaves) - 1  # a tree that found no split is one leaf
    decision = _column(facts, "decision_type", np.uint8, splits)
    # internal nodes first, then the leaves; LightGBM writes leaf i as ~i
    left, right = (_column(facts, side, np.int32, splits) for side in ("left_child", "right_child"))
    at_leaves = np.zeros(len(leaves), dtype=np.int32)
    return Nodes(
        feature=np.r_[_column(facts, "split_feature", np.int32, splits), at_leaves + LEAF].astype(np.int32),
        threshold=np.r_[_column(facts, "threshold", np.float64, splits), np.zeros(len(leaves))],
        left=np.r_[np.where(left < 0, splits + ~left, left), at_leaves].astype(np.int32),
        right=np.r_[np.where(right < 0, splits + ~right, right), at_leaves].astype(np.int32),
        value=np.r_[np.zeros(splits), leaves],
        missing=np.r_[(decision >> 2) & 3, at_leaves].astype(np.uint8),
        default_left=np.r_[(decision & 2) > 0, at_leaves > 0],
        roots=np.zeros(1, dtype=np.int32),
    )


def _column(facts: dict[str, str], name: str, dtype: type, length: int) -> NDArray[Any]:
    return np.array(facts.get(name, "").split(), dtype=np.float64).astype(dtype)[:length]


def _sklearn_tree(tree: Any) -> Nodes:
    leaf = tree.children_left < 0
    return Nodes(
        feature=np.where(leaf, LEAF, tree.feature).astype(np.int32),
        threshold=np.where(leaf, 0.0, tree.threshold),
        left=np.where(leaf, 0, tree.children_left).astype(np.int32),
        right=np.where(leaf, 0, tree.children_right).astype(np.int32),
        value=np.where(leaf, tree.value[:, 0, 0], 0.0),
        missing=np.where(leaf, MISSING_NONE, MISSING_NAN).astype(np.uint8),
        default_left=np.asarray(tree.missing_go_to_left).astype(np.bool_) & ~leaf,
        roots=np.zeros(1, dtype=np.int32),
    )


def joined(parts: list[Nodes], n_features: int, averaged: bool, single_precision: bool) -> Ensemble:
    """One ensemble of trees whose nodes count from their own root."""
    roots = np.cumsum([0, *(len(tree.feature) for tree in parts)])[:-1].astype(np.int32)
    shifted = [
        tree._replace(left=tree.left + root, right=tree.right + root, roots=tree.roots + root)
        for tree, root in zip(parts, roots, strict=True)
    ]
    nodes = Nodes(*(np.concatenate(arrays) for arrays in zip(*shifted, strict=True)))
    return Ensemble(nodes, n_features, 1.0 / len(parts) if averaged else 1.0, single_precision)
