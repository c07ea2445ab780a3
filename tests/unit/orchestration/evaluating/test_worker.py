"""Series spread over processes: each done once and told once; a worker that fails says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from orchestration.evaluating import store
from orchestration.evaluating.editions import editions
from orchestration.evaluating.inputs import WEATHER, Task
from orchestration.evaluating.worker import EvaluationError, spread

EDITION = next(edition for edition in editions() if edition.theme == "air")


def tasks(folder: Path, count: int) -> list[Task]:
    """Series of one constant each: refused at once, with a reason."""
    path = folder / "rows.parquet"
    day = pl.date_range(date(2025, 1, 1), date(2026, 10, 31), eager=True)
    weather = {name: pl.Series([1.0] * day.len()) for name in WEATHER}
    pl.DataFrame({"local_date": day, "value": [30.0] * day.len(), **weather}).write_parquet(path)
    return [
        Task(EDITION, EDITION.items[0], f"air/3301{n:02}/pm25", 2026, date(2026, 10, 31), f"{n:064}", path)
        for n in range(count)
    ]


def test_every_series_is_evaluated_and_told_once(lake: Lake, tmp_path: Path) -> None:
    wanted = tasks(tmp_path, 3)
    assert sorted(spread(lake, wanted, 2)) == [task.series_key for task in wanted]
    found = [pl.read_parquet(store.table(lake, task.series_hash, "scores")) for task in wanted]
    assert [table["reason"].to_list() for table in found] == [["constant_series"]] * 3


def test_a_worker_that_fails_says_why(lake: Lake, tmp_path: Path) -> None:
    wanted = tasks(tmp_path, 2)
    wanted[1].path.unlink()
    with pytest.raises(EvaluationError, match=r"rows\.parquet"):
        list(spread(lake, wanted, 2))
