"""The results of all series as tables of schema ``evaluation`` in the scratch database: what dbt's second half reads.

Does not belong here: computing any of it (``one``, ``places``), or keeping it (``store``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from catalog.lake import Lake
from orchestration.evaluating import store
from orchestration.evaluating.inputs import Task
from orchestration.evaluating.places import scores_of_places
from orchestration.evaluating.tables import COLUMNS

# Every year has a score; of months, model card and tests those of the newest year are shown, which hold the others.
OF_EVERY_YEAR = ("scores",)
_KEY = "effort_edition VARCHAR, series_key VARCHAR"
_MARK = "laid_out"


def ensure(scratch: Path) -> None:
    """Create the tables, empty, where they are not there yet: dbt reads the project before anything was evaluated."""
    with duckdb.connect(str(scratch)) as db:
        db.execute("CREATE SCHEMA IF NOT EXISTS evaluation")
        for table in COLUMNS:
            db.execute(f"CREATE TABLE IF NOT EXISTS evaluation.{table} ({_declared(table)})")


def are_laid_out(scratch: Path) -> bool:
    """True when the tables hold the results of an evaluation, be they none."""
    with duckdb.connect(str(scratch), read_only=True) as db:
        query = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'evaluation' AND table_name = ?"
        return db.execute(query, [_MARK]).fetchall() == [(1,)]


def lay_out(lake: Lake, scratch: Path, tasks: Sequence[Task]) -> None:
    """Replace the tables by the results of these series, in one transaction."""
    newest = {
        (task.edition.effort_edition, task.series_key): task for task in sorted(tasks, key=lambda task: task.until)
    }
    with duckdb.connect(str(scratch)) as db:
        db.execute("BEGIN")
        for table in COLUMNS:
            shown = tasks if table in OF_EVERY_YEAR else list(newest.values())
            db.execute(f"CREATE OR REPLACE TABLE evaluation.{table} ({_declared(table)})")
            files = [str(path) for task in shown if (path := store.table(lake, task.series_hash, table)).exists()]
            if files:
                db.execute(f"INSERT INTO evaluation.{table} BY NAME SELECT * FROM read_parquet(?)", [files])
        db.register("combined", scores_of_places(lake, tasks))
        db.execute("INSERT INTO evaluation.scores BY NAME SELECT * FROM combined")
        db.execute(f"CREATE OR REPLACE TABLE evaluation.{_MARK} AS SELECT {len(tasks)} AS series")
        db.execute("COMMIT")


def _declared(table: str) -> str:
    return ", ".join([_KEY, *(f"{name} {kind}" for name, kind in COLUMNS[table].items())])
