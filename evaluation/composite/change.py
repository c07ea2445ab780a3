"""The change of a score between two periods, split exactly: indicators, weights, structure, coverage, data revision.

The edition's part is measured where both editions can be: on the earlier period's data, as chained index numbers are
linked by overlap (IMF, Producer Price Index Manual 2020, ch. 10). So, one step after the other:

1. revision: the earlier period under the old edition, as published → as the data are known now;
2. structure: the same data under the new edition's tree and rules (nodes, aggregation, normalisation, treatment, ...),
   with the old weights where a node kept its parent; new nodes take their new share, the kept ones divide the rest;
3. weights: the same under the new edition;
4. coverage: the leaves that only one of the two periods has are taken out of, or put into, the sums;
5. indicators: the earlier period → the later one under the new edition, each leaf by its own change.

Indicators are split by ``contributions.leaf_multipliers``: for an arithmetic tree each leaf's weight times its change.
A leaf is what was normalised: under statistics of each period it also moves when others do. Does not belong here:
drivers of a total (``evaluation.decomposition``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.aggregate import aggregate
from evaluation.composite.contributions import leaf_multipliers
from evaluation.composite.definition import Definition
from evaluation.composite.scoring import Scores, score


@dataclass(frozen=True)
class Change:
    """Points of the index, per region [regions] scored in both periods.

    ``before`` (as published) + ``revision`` + ``structure`` + ``weights`` + ``coverage`` + the sum of ``indicators``
    [regions × leaves of the new edition] = ``after``.
    """

    regions: tuple[str, ...]
    leaves: tuple[str, ...]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    revision: NDArray[np.float64]
    structure: NDArray[np.float64]
    weights: NDArray[np.float64]
    coverage: NDArray[np.float64]
    indicators: NDArray[np.float64]

    def frame(self) -> pl.DataFrame:
        """Long table: ``region_code``, ``part``, ``leaf`` (of an indicator), ``points``.

        Parts: revision, structure, weights, coverage, indicator. The points of a region sum to its change.
        """
        parts = {name: getattr(self, name) for name in ("revision", "structure", "weights", "coverage")}
        columns = [*(("indicator", leaf) for leaf in self.leaves)]
        wide = np.column_stack([*parts.values(), self.indicators])
        labels = [*((name, None) for name in parts), *columns]
        return pl.DataFrame(
            {
                "region_code": np.repeat(np.array(self.regions, dtype=object), len(labels)),
                "part": [part for part, _ in labels] * len(self.regions),
                "leaf": [leaf for _, leaf in labels] * len(self.regions),
                "points": wide.ravel(),
            },
            schema_overrides={"region_code": pl.String, "part": pl.String, "leaf": pl.String},
        )


def change(
    old: Definition,
    new: Definition,
    published: pl.DataFrame,
    current: pl.DataFrame,
    *,
    before: str,
    after: str,
    groups: Mapping[str, str] | None = None,
) -> Change:
    """Split the change of the index from period ``before`` under ``old`` to period ``after`` under ``new``.

    ``published``: the table (as ``inputs_of`` takes it) the earlier score was computed from; ``current``: the table of
    today, with both periods. Regions without a score in one of the two, or without data in between, are left out.

    Raises IndexDataError as ``score`` does, and if a period is missing.
    """
    as_published = score(old, published, groups)
    revised = score(old, current, groups)
    linked = score(_new_structure_old_weights(old, new), current, groups)
    now = score(new, current, groups)
    ends = _regions(as_published, before, as_published.score) & _regions(now, after, now.score)
    between = (_regions(found, before, found.values[:, -1]) for found in (revised, linked, now))
    regions = sorted(ends.intersection(*between))
    first = [_index(found, before, regions) for found in (as_published, revised, linked, now)]
    last = _index(now, after, regions)
    start, end = (now.leaves[_rows(now, period, regions)] for period in (before, after))
    either_missing = np.isnan(start) | np.isnan(end)
    common_start, common_end = (
        aggregate(np.where(either_missing, np.nan, leaves), now.tree) for leaves in (start, end)
    )
    multipliers = leaf_multipliers(common_start, common_end, now.tree)
    outside = (common_start[:, -1] - first[3]) + (last - common_end[:, -1])
    return Change(
        regions=tuple(regions),
        leaves=now.codes[: now.tree.n_leaves],
        before=first[0],
        after=last,
        revision=first[1] - first[0],
        structure=first[2] - first[1],
        weights=first[3] - first[2],
        # no leaf in common: the two years share nothing that could have changed
        coverage=np.where(np.isnan(outside), last - first[3], outside),
        indicators=np.where(either_missing, 0.0, multipliers * (end - start)),
    )


def _regions(scores: Scores, period: str, index: NDArray[np.float64]) -> set[str]:
    """Regions with an ``index`` [rows] in ``period``."""
    rows = scores.inputs.rows_of(period)
    return set(np.array(scores.inputs.regions[rows])[~np.isnan(index[rows])].tolist())


def _rows(scores: Scores, period: str, regions: list[str]) -> NDArray[np.int64]:
    """Rows of ``regions``, which are sorted as the rows of a period are."""
    rows = scores.inputs.rows_of(period)
    places: NDArray[np.int64] = rows.start + np.searchsorted(np.array(scores.inputs.regions[rows]), regions)
    return places


def _index(scores: Scores, period: str, regions: list[str]) -> NDArray[np.float64]:
    """The index's value [regions], also where coverage is below the minimum: a step between two scores needs it."""
    values: NDArray[np.float64] = scores.values[_rows(scores, period, regions), -1]
    return values


def _new_structure_old_weights(old: Definition, new: Definition) -> Definition:
    """``new`` with ``old``'s weights among the children that a parent kept; see the head of this module, step 2."""
    weights: dict[str, float] = {}
    for node in new.nodes:
        children = new.children(node.code)
        was = {child.code: child.weight for child in old.children(node.code)}
        total = sum(child.weight for child in children)
        kept = [child for child in children if child.code in was]
        room = sum(child.weight for child in kept) / total
        was_total = sum(was[child.code] for child in kept)
        for child in children:
            weights[child.code] = child.weight / total
            if child.code in was and was_total > 0 and room > 0:
                weights[child.code] = room * was[child.code] / was_total
    return new.with_weights(weights, edition=f"{new.edition} with the weights of {old.edition}")
