"""The score of a place over all its items, by the weights of the edition, from the results kept for each item.

Does not belong here: how scores and their intervals combine (``evaluation.score.combine``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import polars as pl

from catalog.lake import Lake
from evaluation.score import results
from evaluation.score.assess import Assessment, Estimate
from evaluation.score.combine import combine
from evaluation.score.decomposition import Decomposition, Period
from evaluation.score.settings import ScoreSettings
from orchestration.evaluating import store
from orchestration.evaluating.inputs import Task

ALL = "all"
# Themes whose items are rated together. Concentration and flux of water items are told one by one.
COMBINED = ("air",)


def scores_of_places(lake: Lake, tasks: Sequence[Task]) -> pl.DataFrame:
    """One row per edition, place and year in which any item was evaluated, as the table ``scores`` has them."""
    members = [task for task in tasks if task.edition.theme in COMBINED]
    by_place = groupby(sorted(members, key=_place), key=_place)
    rows = [_combined(lake, list(group)) for _, group in by_place]
    schema = results.SCORES | {"effort_edition": pl.String(), "series_hash": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _place(task: Task) -> tuple[str, str, int]:
    return task.edition.effort_edition, task.series_key.rpartition("/")[0], task.year


def _combined(lake: Lake, tasks: list[Task]) -> dict[str, object]:
    edition, place, year = _place(tasks[0])
    members = {task.item.item: _kept(lake, task) for task in tasks}
    total = sum(task.item.weight for task in tasks)
    weights = {task.item.item: task.item.weight / total for task in tasks}
    confidence, resolution = tasks[0].edition.confidence, ScoreSettings().resolution
    found = combine(f"{place}/{ALL}", members, weights, confidence=confidence, resolution=resolution)
    values = [member.n_values or 0 for member in members.values()]
    digest = hashlib.sha256("\n".join(sorted(task.series_hash for task in tasks)).encode())
    known = {name: getattr(found, name, None) for name in results.SCORES}
    return known | {
        "effort_edition": edition,
        "series_key": found.key,
        "item": ALL,
        "year": year,
        "baseline_start": found.baseline.start,
        "baseline_end": found.baseline.end - timedelta(days=1),
        "period_start": found.evaluation.start,
        "period_end": found.evaluation.end - timedelta(days=1),
        "luck_lower_log": _less(found.total_log, found.effort_upper_log),
        "luck_upper_log": _less(found.total_log, found.effort_lower_log),
        "confidence": None if found.effort_log is None else tasks[0].edition.confidence,
        "method": tasks[0].edition.method,
        "n_values": sum(values),
        "n_replicates": None if found.effort_log is None else tasks[0].edition.replicates,
        "series_hash": digest.hexdigest(),
    }


def _less(total: float | None, effort: float | None) -> float | None:
    return None if total is None or effort is None else total - effort


def _kept(lake: Lake, task: Task) -> Assessment:
    """The assessment of one item as it was kept."""
    row = pl.read_parquet(store.table(lake, task.series_hash, "scores")).row(0, named=True)
    errors = pl.read_parquet(store.table(lake, task.series_hash, "errors"))
    estimate = None
    if errors.height:
        estimate = Estimate(
            Decomposition(*(row[name] for name in ("observed_base", "observed", "normalised_base", "normalised"))),
            row["effort_lower_log"],
            row["effort_upper_log"],
            errors["error_log"].to_numpy(),
            errors["degrees"][0],
            errors["draw"][0],
        )
    day = timedelta(days=1)
    return Assessment(
        row["series_key"],
        row["item"],
        Period(row["baseline_start"], row["baseline_end"] + day),
        Period(row["period_start"], row["period_end"] + day),
        row["grade"],
        estimate,
        row["reason"],
        row["detail"],
        row["caveat"],
        n_values=row["n_values"],
    )
