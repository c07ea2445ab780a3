"""What a composite index is, as data: a tree of nodes and leaves with weights, rules, and who decided them.

Belongs here: the model of a definition and its checks. Does not belong here: reading files (``reading``), any
computation with values (``scoring``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]
Direction = Literal["higher", "lower"]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "power", "min", "penalised"]
Imputation = Literal["leave_out", "mean", "median", "group_mean", "group_median", "carry_forward"]

# Weights are written with few decimals (0.333, 0.333, 0.334); what is left over by that is far below 1e-6.
WEIGHT_TOLERANCE = 1e-6


class IndexDefinitionError(Exception):
    """A definition is wrong; the message says at which node and field, what was expected, and how to mend it.

    Not a ValueError: pydantic would wrap it into one of its own.
    """

    def __init__(self, node: str, field: str, wrong: str, mend: str, source: str = "") -> None:
        where = f"{source}: " if source else ""
        super().__init__(f"{where}node {node}, field {field}: {wrong}. To mend: {mend}.")
        self.node, self.field, self.wrong, self.mend = node, field, wrong, mend


class Model(BaseModel):
    """Frozen, and strict about unknown fields: a misspelt key is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Names(Model):
    """The same name for both readers."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Goalposts(Model):
    """Fixed bounds of this edition (UNDP, Human Development Report, technical note 1).

    ``low`` → the scale's first number, ``high`` → its second (reversed if lower is better); clipped to the scale.
    """

    method: Literal["goalposts"]
    low: float
    high: float
    scale: tuple[float, float] = (0.0, 100.0)


class MinMax(Model):
    """(x − min)/(max − min) over the panel, onto the scale. A column that is constant gets the middle of the scale.

    ``clip`` holds rows outside the panel to the scale.
    """

    method: Literal["min_max"]
    scale: tuple[float, float] = (0.0, 100.0)
    clip: bool = False


class ZScore(Model):
    """mean + sd·(x − x̄)/s over the panel, s with n − 1. A column that is constant gets ``mean``."""

    method: Literal["z_score"]
    mean: float = 0.0
    sd: float = Field(default=1.0, gt=0)


class Rank(Model):
    """Place among the panel, 1 = worst, ties share the lowest place.

    ``borda``: place − 1; ``percentile``: (place − 1)/(n − 1), onto the scale.
    """

    method: Literal["rank", "borda", "percentile"]
    scale: tuple[float, float] = (0.0, 100.0)


class TargetDistance(Model):
    """Share of the way to a target: min(1, x/goal), or min(1, goal/x) if lower is better, onto the scale.

    Not below the scale's first number.
    """

    method: Literal["target_distance"]
    goal: float = Field(gt=0)
    scale: tuple[float, float] = (0.0, 100.0)


class ThresholdScore(Model):
    """60 points at ``passing``, 100 at ``goal``, on the straight line through both, clipped to 0–100."""

    method: Literal["threshold_score"]
    passing: float
    goal: float


Normalisation = Annotated[
    Goalposts | MinMax | ZScore | Rank | TargetDistance | ThresholdScore, Field(discriminator="method")
]


class Treatment(Model):
    """What happens to a skewed column, before it is normalised.

    A column passes if |skewness| < ``skewness`` or excess kurtosis < ``kurtosis`` (both bias-corrected, G1 and G2 of
    Joanes & Gill 1998). If it does not: ``winsorise`` sets the points at the extreme end to the next value, until the
    column passes or ``max_points`` points are set; ``winsorise_then_log`` takes that back where it was not enough and
    takes log(x − min + 0.01·(max − min)); ``log`` takes that logarithm of every column. The limits 2 and 3.5 are those
    of the JRC's audits and COINr's defaults.
    """

    method: Literal["none", "winsorise", "winsorise_then_log", "log"] = "none"
    max_points: int | None = Field(default=5, ge=1)
    skewness: float = Field(default=2.0, gt=0)
    kurtosis: float = 3.5


class Panel(Model):
    """Which rows fix the statistics of normalisation and treatment.

    ``periods``: ``each`` period by itself, ``all`` together, or those listed. ``regions``: all, or those listed.
    """

    periods: Literal["each", "all"] | list[str] = "each"
    regions: list[str] | None = None


class Node(Model):
    """What the tree's nodes and leaves have in common. ``weight`` counts among the children of the same parent."""

    code: Code
    names: Names
    weight: float = Field(default=1.0, ge=0)


class Branch(Node):
    """A node with children. The root is the one without a parent.

    ``penalised`` is the mean less ``strength`` times half the mean difference between children: mean·(1 − Gini) at
    strength 1 (Sen 1976). Unlike the Mazziotta–Pareto penalty M − S²/M, it never falls when a child rises.
    ``power``: (Σ w·x^exponent / Σ w)^(1/exponent).
    """

    parent: Code | None = None
    aggregation: Aggregation
    exponent: float | None = None
    strength: float = Field(default=1.0, gt=0, le=1)


class Leaf(Node):
    """An indicator's place in the tree. ``denominator``: the indicator it is divided by, before anything else.

    ``normalisation``, ``treatment`` and ``imputation`` stand in for the definition's own where they are given.
    """

    parent: Code
    indicator: str = Field(min_length=1)
    denominator: str | None = None
    direction: Direction
    normalisation: Normalisation | None = None
    treatment: Treatment | None = None
    imputation: Imputation | None = None


class Definition(Model):
    """One edition of an index: its tree, its rules, and who decided them, when and why.

    ``weights_total``: what the weights of each parent's children sum to (null: anything, they are rescaled).
    ``minimum_coverage``: share of the leaves' weight that must be observed for a region to be scored.
    """

    code: Code
    names: Names
    edition: str = Field(min_length=1)
    official: bool
    approver: str = Field(min_length=1)
    decided_on: date
    reason: str = Field(min_length=1)
    weights_total: float | None = Field(default=1.0, gt=0)
    panel: Panel = Panel()
    normalisation: Normalisation | None = None
    treatment: Treatment = Treatment()
    imputation: Imputation = "leave_out"
    minimum_coverage: float = Field(default=0.0, ge=0, le=1)
    nodes: list[Branch] = Field(min_length=1)
    leaves: list[Leaf] = Field(min_length=1)

    def model_post_init(self, _context: object) -> None:
        """A definition that exists is right: wrong ones raise IndexDefinitionError."""
        _check_tree(self)
        _check_weights(self)
        _check_rules(self)

    @property
    def root(self) -> Branch:
        """The node without a parent."""
        return next(node for node in self.nodes if node.parent is None)

    @property
    def everything(self) -> list[Branch | Leaf]:
        """Nodes, then leaves, in the order of the file."""
        return [*self.nodes, *self.leaves]

    def children(self, code: str) -> list[Branch | Leaf]:
        """Nodes and leaves right below ``code``, in the order of the file, nodes first."""
        return [n for n in self.everything if n.parent == code]

    def rule_of(self, leaf: Leaf) -> Normalisation:
        """How ``leaf`` is normalised."""
        rule = leaf.normalisation or self.normalisation
        assert rule is not None  # checked when the definition was made
        return rule

    def with_weights(self, weights: Mapping[str, float], edition: str = "what-if") -> Self:
        """The same index with other weights by node code: never official, rescaled to any total.

        Raises IndexDefinitionError for a code that is not in the tree.
        """
        known = {n.code for n in self.everything}
        for code in weights:
            if code not in known:
                raise IndexDefinitionError(code, "weight", "no such node", f"use one of {_listed(known)}")
        payload = self.model_dump()
        for node in (*payload["nodes"], *payload["leaves"]):
            node["weight"] = weights.get(node["code"], node["weight"])
        return type(self).model_validate(payload | {"official": False, "weights_total": None, "edition": edition})


def _check_tree(definition: Definition) -> None:
    codes = Counter(n.code for n in definition.everything)
    for code, times in codes.items():
        if times > 1:
            raise IndexDefinitionError(code, "code", f"stands {times} times", "give every node a code of its own")
    parents = {n.code: n.parent for n in definition.nodes}
    for node in definition.everything:
        if node.parent is not None and node.parent not in parents:
            wrong = f"{node.parent!r} is not a node" + (" but a leaf" if node.parent in codes else "")
            raise IndexDefinitionError(node.code, "parent", wrong, f"use one of {_listed(parents)}")
    for code in parents:
        way = [code]
        while (above := parents[way[-1]]) is not None:
            if above in way:
                circle = " → ".join([*way[way.index(above) :], above])
                raise IndexDefinitionError(
                    above, "parent", f"the tree runs in a circle: {circle}", "give one of them a parent above all"
                )
            way.append(above)
    roots = [code for code, parent in parents.items() if parent is None]
    if len(roots) != 1:
        wrong = f"{len(roots)} nodes have no parent ({_listed(roots)})"
        raise IndexDefinitionError(roots[-1], "parent", wrong, "exactly one node is the index itself")
    for code in parents:
        if not definition.children(code):
            raise IndexDefinitionError(code, "leaves", "no leaf below it", "add a leaf or node with this parent")


def _check_weights(definition: Definition) -> None:
    for node in definition.nodes:
        children = definition.children(node.code)
        total = sum(child.weight for child in children)
        named = ", ".join(f"{child.code} {child.weight:g}" for child in children)
        if total <= 0:
            raise IndexDefinitionError(
                node.code, "weight", f"its children weigh nothing ({named})", "weigh one of them"
            )
        asked = definition.weights_total
        if asked is not None and abs(total - asked) > WEIGHT_TOLERANCE * asked:
            raise IndexDefinitionError(
                node.code,
                "weight",
                f"the weights of its children sum to {total:.9g}, expected {asked:g} ({named})",
                f"change them by {asked - total:+.9g} in all, or set weights_total to null to have them rescaled",
            )


def _check_rules(definition: Definition) -> None:
    for node in definition.nodes:
        is_power = node.aggregation == "power"
        if is_power and not node.exponent:
            raise IndexDefinitionError(
                node.code, "exponent", f"{node.exponent} with power", "any number but 0; 0 is aggregation: geometric"
            )
        if node.exponent is not None and not is_power:
            raise IndexDefinitionError(node.code, "exponent", f"unused with {node.aggregation}", "leave it out")
    for leaf in definition.leaves:
        rule = leaf.normalisation or definition.normalisation
        if rule is None:
            raise IndexDefinitionError(
                leaf.code, "normalisation", "missing", "give it here, or once for all leaves at the top of the file"
            )
        _check_rule(leaf, rule)


def _check_rule(leaf: Leaf, rule: Normalisation) -> None:
    at = "normalisation"
    if isinstance(rule, Goalposts) and rule.low >= rule.high:
        raise IndexDefinitionError(
            leaf.code,
            at,
            f"low {rule.low:g} is not below high {rule.high:g}",
            "swap them; direction says which is good",
        )
    if isinstance(rule, Goalposts | MinMax | Rank | TargetDistance) and rule.scale[0] >= rule.scale[1]:
        raise IndexDefinitionError(leaf.code, at, f"scale {list(rule.scale)} does not rise", "write [worst, best]")
    if isinstance(rule, ThresholdScore):
        rises = rule.goal > rule.passing
        if rule.goal == rule.passing or rises != (leaf.direction == "higher"):
            wrong = f"goal {rule.goal:g} and passing {rule.passing:g} do not fit direction {leaf.direction}"
            raise IndexDefinitionError(leaf.code, at, wrong, "the goal is the better one of the two")


def _listed(codes: Any) -> str:
    """The first few of ``codes``, sorted: an error's line stays one that can be read."""
    found = sorted(codes)
    return ", ".join(found[:12]) + (f" … ({len(found)} in all)" if len(found) > 12 else "")
