"""Evaluate one series of one edition and year, and keep what came of it. Does not belong here: any method."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from catalog.lake import Lake
from orchestration.evaluating import store
from orchestration.evaluating.air import evaluate_air
from orchestration.evaluating.inputs import Task
from orchestration.evaluating.water import evaluate_water

THEMES: dict[str, Callable[[Task], dict[str, pl.DataFrame]]] = {"air": evaluate_air, "water": evaluate_water}


def evaluate_one(lake: Lake, task: Task) -> Task:
    """Evaluate a series and keep its tables; returns the task, so that a pool can tell which one is done."""
    tables = {name: _stated(task, table) for name, table in THEMES[task.edition.theme](task).items()}
    store.keep(lake, task.series_hash, tables)
    return task


def _stated(task: Task, table: pl.DataFrame) -> pl.DataFrame:
    """With the edition, and in the publication's terms: periods end with their last day, statements are numbered."""
    named = table.with_columns(pl.lit(task.edition.effort_edition).alias("effort_edition"))
    if "series_key" not in named.columns:
        named = named.with_columns(pl.lit(task.series_key).alias("series_key"))
    if "period_end" in named.columns:
        ends = pl.col("baseline_end", "period_end").dt.offset_by("-1d")
        named = named.with_columns(ends, pl.lit(task.series_hash).alias("series_hash"))
    if "x" in named.columns:
        named = named.with_columns(pl.int_range(pl.len()).over("kind", "name").alias("nth"))
    return named
