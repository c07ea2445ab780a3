"""A definition's tree in numbers: nodes as positions in arrays, leaves first, every child before its parent.

Belongs here: positions, children, weights, shares. Does not belong here: combining values (``aggregate``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.composite.definition import Branch, Definition

AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power", "min", "penalised")
"""Methods by the number the kernels know them by."""


class Tree(NamedTuple):
    """Leaves are nodes 0 … L−1 in the order of the definition, then the I inner nodes, the root last.

    ``first`` [I+1] and ``child`` [N−1]: the children of inner node i are ``child[first[i]:first[i+1]]``. ``method`` and
    ``parameter`` [I]: position in ``AGGREGATIONS``; exponent of ``power``, strength of ``penalised``. ``weight`` [N].
    A tuple of arrays, so that compiled kernels take it as it is.
    """

    first: NDArray[np.int64]
    child: NDArray[np.int64]
    method: NDArray[np.int64]
    parameter: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def n_leaves(self) -> int:
        """How many nodes are leaves."""
        return len(self.weight) - len(self.method)


def codes(definition: Definition) -> list[str]:
    """Codes of all nodes, by position: leaves, then nodes bottom-up, the root last."""
    return [leaf.code for leaf in definition.leaves] + [node.code for node in _bottom_up(definition)]


def tree_of(definition: Definition) -> Tree:
    """The tree of ``definition``."""
    position = {code: n for n, code in enumerate(codes(definition))}
    inner = _bottom_up(definition)
    below = [[position[child.code] for child in definition.children(node.code)] for node in inner]
    weight = {n.code: n.weight for n in definition.everything}
    return Tree(
        first=np.cumsum([0, *map(len, below)], dtype=np.int64),
        child=np.array([p for group in below for p in group], dtype=np.int64),
        method=np.array([AGGREGATIONS.index(node.aggregation) for node in inner], dtype=np.int64),
        parameter=np.array([_parameter(node) for node in inner], dtype=np.float64),
        weight=np.array([weight[code] for code in position], dtype=np.float64),
    )


def effective_weights(tree: Tree) -> NDArray[np.float64]:
    """Share of every node in the root [N]: the product of its weights' shares on the way up; 1 for the root.

    These are the nominal effective weights: what a node would count in a tree of arithmetic means.
    """
    share = np.ones(len(tree.weight))
    for inner in reversed(range(len(tree.method))):
        below = tree.child[tree.first[inner] : tree.first[inner + 1]]
        share[below] = share[tree.n_leaves + inner] * tree.weight[below] / tree.weight[below].sum()
    return share


def _bottom_up(definition: Definition) -> list[Branch]:
    """Inner nodes, children before parents: by depth, deepest first, in the order of the file within a depth."""
    parents = {node.code: node.parent for node in definition.nodes}

    def depth(code: str) -> int:
        above = parents[code]
        return 0 if above is None else 1 + depth(above)

    return sorted(definition.nodes, key=lambda node: -depth(node.code))


def _parameter(node: Branch) -> float:
    if node.aggregation == "power":
        assert node.exponent is not None  # checked when the definition was made
        return node.exponent
    return node.strength if node.aggregation == "penalised" else 0.0
