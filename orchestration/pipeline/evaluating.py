"""``evaluate``: between dbt's halves, score every series whose inputs, edition or code changed.

Does not belong here: what a series is and how it is scored (``orchestration.evaluating``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from catalog.lake import Lake
from orchestration import transform
from orchestration.evaluating import inputs, results, store
from orchestration.evaluating.inputs import Task
from orchestration.evaluating.worker import spread
from orchestration.pipeline.workshop import Workshop

WORKERS_ENV = "ECOLAKE_WORKERS"
# What a process holds while it fits: interpreter, LightGBM, numba and one series (measured: 260 MB).
WORKER_BYTES = 400_000_000
# A process takes as long to start as it takes to evaluate one or two series.
WORTH_A_PROCESS = 4
THEME = "effort"


def is_due(scratch: Path, todo: transform.Plan) -> bool:
    """True when a month that is complete changed: a score speaks of whole months, so no other can move it."""
    if todo.is_nothing:
        return False
    months = todo.by_theme.get(THEME, [])
    if todo.full or not results.are_laid_out(scratch):
        return True
    with duckdb.connect(str(scratch), read_only=True) as db:
        query = "SELECT month FROM core.months WHERE theme = ? AND last_date = last_day(last_date)"
        complete = {month for (month,) in db.execute(query, [THEME]).fetchall()}
        known = {month for (month,) in db.execute("SELECT month FROM core.months WHERE theme = ?", [THEME]).fetchall()}
    # a month that lost all its rows is known no more
    return any(month in complete or month not in known for month in months)


def evaluate(shop: Workshop, scratch: Path) -> list[Task]:
    """Evaluate what was not evaluated before and lay all results out for dbt; returns the series there are."""
    tasks = inputs.lay_out(shop.lake, scratch)
    missing = [task for task in tasks if not store.holds(shop.lake, task.series_hash)]
    with shop.log.step("evaluate", len(missing), zh="努力评价") as advance:
        for series_key in _evaluated(shop.lake, missing):
            advance(1, series_key)
    results.lay_out(shop.lake, scratch, tasks)
    return tasks


def workers() -> int:
    """Processes at a time: as many as there are cores and room in memory, or what ``ECOLAKE_WORKERS`` says."""
    if asked := os.environ.get(WORKERS_ENV):
        return max(1, int(asked))
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(len(os.sched_getaffinity(0)), free // WORKER_BYTES))


def _evaluated(lake: Lake, tasks: Sequence[Task]) -> Iterator[str]:
    """Evaluate the tasks, in several processes where that pays; yields the key of each series that is done."""
    at_once = min(workers(), len(tasks) // WORTH_A_PROCESS)
    if at_once > 1:
        yield from spread(lake, tasks, at_once)
        return
    from orchestration.evaluating.one import evaluate_one  # noqa: PLC0415 - a run without news needs no LightGBM

    for task in tasks:
        evaluate_one(lake, task)
        yield task.series_key
