"""What was evaluated, kept under the hash of what it was evaluated from: ``work/evaluation/<hash>/<table>.parquet``.

A result is there whole or not at all; the same inputs are never evaluated twice, whoever asks. Does not belong here:
what is in the tables (``evaluation.score.results``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from catalog.lake import Lake, fsync_dir

FOLDER = "evaluation"


def folder(lake: Lake, series_hash: str) -> Path:
    """Where the results of one series lie."""
    return lake.work / FOLDER / series_hash[:2] / series_hash


def table(lake: Lake, series_hash: str, name: str) -> Path:
    """Where one table of a series lies; a series that could not be fitted has scores only."""
    return folder(lake, series_hash) / f"{name}.parquet"


def holds(lake: Lake, series_hash: str) -> bool:
    """True when the series was evaluated before, by any process."""
    return folder(lake, series_hash).is_dir()


def keep(lake: Lake, series_hash: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the tables of one series; two processes that evaluated the same write the same, the first one stays."""
    target = folder(lake, series_hash)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    for name, table in tables.items():
        table.write_parquet(temporary / f"{name}.parquet")
    fsync_dir(temporary)
    try:
        temporary.rename(target)
    except OSError:
        # it was there already
        shutil.rmtree(temporary)
