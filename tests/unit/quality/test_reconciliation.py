"""Rows in = accepted + quarantined + duplicates, in the record and in the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from catalog.lake import Lake
from ingest.core import Batch
from quality.reconciliation import report

CommitHours = Callable[..., Batch]
NOON = datetime.fromisoformat("2026-03-10T12:00")
# Five rows: two accepted, two duplicates, one without a sound station code.
ROWS = [
    ("1223A", "PM2.5", NOON, "34"),
    ("1223A", "PM2.5", NOON, "35"),
    ("1223A", "PM2.5", NOON, "36"),
    ("1224A", "PM2.5", NOON, "37"),
    ("9", "PM2.5", NOON, "38"),
]


@pytest.fixture(autouse=True)
def batch(commit_hours: CommitHours) -> Batch:
    return commit_hours("a.csv", ROWS)


def path_of(lake: Lake, batch: Batch, kind: str) -> Path:
    return next(lake.root / f.path for f in batch.files if f.kind == kind)


def test_what_the_record_says_is_counted_again_in_the_files(lake: Lake) -> None:
    names = (
        "rows_in",
        "accepted",
        "quarantined",
        "duplicates",
        "accepted_found",
        "quarantined_found",
        "duplicates_found",
    )
    assert report(lake).select(*names, "closes", "problem_en").rows() == [(5, 2, 1, 2, 2, 1, 2, True, None)]


@pytest.mark.parametrize("kind", ["core", "quarantine"])
def test_a_flipped_byte_is_found_and_named(lake: Lake, batch: Batch, kind: str) -> None:
    file = path_of(lake, batch, kind)
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    (row,) = report(lake).to_dicts()
    where = file.relative_to(lake.root)
    assert (row["closes"], row["problem_en"], row["problem_zh"]) == (
        False,
        f"file damaged: {where}",
        f"文件已损坏：{where}",
    )


def test_a_missing_file_is_named(lake: Lake, batch: Batch) -> None:
    path_of(lake, batch, "core").unlink()
    (row,) = report(lake).to_dicts()
    assert (row["closes"], row["accepted_found"]) == (False, 0)
    assert row["problem_en"].startswith("file missing: core/")


def test_a_record_that_does_not_add_up_is_found(lake: Lake, batch: Batch) -> None:
    record = lake.core(batch.dataset) / "_batches" / f"{batch.name}.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(content | {"rows_in": 6}), encoding="utf-8")
    (row,) = report(lake).to_dicts()
    assert (row["closes"], row["problem_en"]) == (False, "6 rows in, 5 recorded")


def test_a_record_that_disagrees_with_its_files_is_found(lake: Lake, batch: Batch) -> None:
    record = lake.core(batch.dataset) / "_batches" / f"{batch.name}.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    counts = {"accepted": 3, "quarantined": 0, "duplicates": 2}
    record.write_text(json.dumps(content | {"counts": counts}), encoding="utf-8")
    (row,) = report(lake).to_dicts()
    assert row["problem_en"] == "accepted: 3 recorded, 2 in the files; quarantined: 0 recorded, 1 in the files"


def test_one_damaged_batch_leaves_the_others_counted(lake: Lake, batch: Batch, commit_hours: CommitHours) -> None:
    commit_hours("b.csv", ROWS[:1])
    path_of(lake, batch, "core").write_bytes(b"not parquet")
    assert report(lake).sort("object_name").select("object_name", "closes").rows() == [
        ("a.csv", False),
        ("b.csv", True),
    ]


def test_an_empty_lake_has_nothing_to_reconcile(tmp_path: Path) -> None:
    assert report(Lake(tmp_path / "empty")).equals(pl.DataFrame(schema=report(Lake(tmp_path / "empty")).schema))
