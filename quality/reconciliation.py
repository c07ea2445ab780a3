"""Reconciliation: rows in = accepted + quarantined + duplicates, as recorded and as counted again from the files.

Does not belong here: why a row was turned away (``door``), mending a damaged file (parse its object again).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from catalog.lake import Lake
from ingest.core import COUNT_NAMES, Batch, file_sha256, read_batches
from quality.reading import connect, literal

SCHEMA = pl.Schema(
    {
        "dataset": pl.String,
        "batch": pl.String,
        "object_name": pl.String,
        "status": pl.String,
        "rows_in": pl.Int64,
        **dict.fromkeys(COUNT_NAMES, pl.Int64),
        **{f"{name}_found": pl.Int64 for name in COUNT_NAMES},
        "closes": pl.Boolean,
        "problem_zh": pl.String,
        "problem_en": pl.String,
    }
)


def report(lake: Lake, datasets: Iterable[str] | None = None) -> pl.DataFrame:
    """One row a batch, of all datasets or of some: what its record says, what its files hold, whether it closes.

    Every file is read whole (its hash), so a flipped byte is found, not only a lost row.
    """
    names = sorted(p.name for p in lake.core("").glob("*/")) if datasets is None else sorted(datasets)
    rows = [row for name in names for row in _dataset(lake, read_batches(lake, name))]
    return pl.DataFrame(rows, schema=SCHEMA)


def _dataset(lake: Lake, batches: list[Batch]) -> list[dict[str, object]]:
    damage = {f.path: fault for b in batches for f in b.files if (fault := _damage(lake, f.path, f.sha256))}
    intact = [f.path for b in batches for f in b.files if f.path not in damage]
    counted = _count(lake, [p for p in intact if p.startswith(("core/", "quarantine/"))])
    return [_row(batch, damage, counted) for batch in batches]


def _damage(lake: Lake, path: str, sha256: str) -> tuple[str, str] | None:
    file = lake.root / path
    if not file.exists():
        return f"文件缺失：{path}", f"file missing: {path}"
    if file_sha256(file) != sha256:
        return f"文件已损坏：{path}", f"file damaged: {path}"
    return None


def _count(lake: Lake, paths: list[str]) -> dict[str, dict[str, int]]:
    """Rows by fate of every file."""
    counts: dict[str, dict[str, int]] = {}
    with connect(lake) as db:
        for zone, fate in (("core/", "'accepted'"), ("quarantine/", "if(fate = 'duplicate', 'duplicates', fate)")):
            files = [p for p in paths if p.startswith(zone)]
            if not files:
                continue
            listed = ", ".join(literal(str(lake.root / p)) for p in files)
            rows = db.execute(
                f"SELECT filename, {fate} AS fate, count(*) "
                f"FROM read_parquet([{listed}], filename = true, hive_partitioning = false) GROUP BY ALL"
            ).fetchall()
            for name, found, n in rows:
                counts.setdefault(name.removeprefix(f"{lake.root}/"), {})[found] = n
    return counts


def _row(batch: Batch, damage: dict[str, tuple[str, str]], counted: dict[str, dict[str, int]]) -> dict[str, object]:
    found = {name: sum(counted.get(f.path, {}).get(name, 0) for f in batch.files) for name in COUNT_NAMES}
    problems = [damage[f.path] for f in batch.files if f.path in damage]
    if not problems:
        problems = [
            (f"{name}：记录 {said}，文件中 {found[name]}", f"{name}: {said} recorded, {found[name]} in the files")
            for name, said in batch.counts.items()
            if said != found[name]
        ]
    if (total := sum(batch.counts.values())) != batch.rows_in:
        problems.append(
            (f"记录不平：{batch.rows_in} 行进，{total} 行有去向", f"{batch.rows_in} rows in, {total} recorded")
        )
    return {
        "dataset": batch.dataset,
        "batch": batch.name,
        "object_name": batch.object_name,
        "status": batch.status,
        "rows_in": batch.rows_in,
        **batch.counts,
        **{f"{name}_found": n for name, n in found.items()},
        "closes": not problems,
        "problem_zh": "；".join(zh for zh, _ in problems) or None,
        "problem_en": "; ".join(en for _, en in problems) or None,
    }
