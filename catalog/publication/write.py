"""The Parquet files of a publication: sorted by key, checked, or shared with the publication before.

Does not belong here: which partitions changed (``plan``), what a changed number is called (``restate``), when files
become a publication (``build``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalog.publication import restate
from catalog.publication.digest import describe, digests
from catalog.publication.engine import name, names, parquet, text
from catalog.publication.errors import TableRefusedError
from catalog.publication.files import settle, share
from catalog.publication.manifest import Changes, Manifest, Partition, Table, partition_values
from catalog.publication.plan import INDICATOR_VALUES, PartitionPlan, TablePlan, TableSpec, relation, where

Progress = Callable[[str, int, int], None]
# DuckDB's own row groups and zstd level: the same rows give the same bytes with any number of threads (tested).
PARQUET_OPTIONS = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"


@dataclass(frozen=True)
class Job:
    """What every step of one build needs; ``base`` is the previous publication, when there is a comparable one."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    base: tuple[Path, Manifest] | None
    progress: Progress
    steps: int


def write_tables(job: Job, plans: Sequence[TablePlan]) -> tuple[list[Table], Changes]:
    """Write every table below ``job.folder``.

    Raises:
        TableRefusedError: a key is null or stands twice.
    """
    written: list[Table] = []
    changes = Changes()
    done = 0
    for plan in plans:
        if plan.spec.name == INDICATOR_VALUES:
            restate.empty_table(job.connection, plan.columns, plan.spec.key)
        partitions = []
        for part in plan.partitions:
            job.progress(f"{plan.spec.name} {part.name}".strip(), done, job.steps)
            partitions.append(_write_partition(job, plan, part))
            done += 1
        written.append(plan.to_table(partitions))
        if plan.spec.name == INDICATOR_VALUES:
            _note_vanished(job, plan)
            changes = restate.count(job.connection)
            written.append(_write_restatements(job, plan))
    return sorted(written, key=lambda table: table.name), changes


def _write_partition(job: Job, plan: TablePlan, part: PartitionPlan) -> Partition:
    path = "/".join(["tables", plan.spec.name, *([part.name] if part.name else []), "part.parquet"])
    if part.same_as is not None and job.base is not None:
        share(job.base[0] / part.same_as.path, job.folder / path)
        sha256, size = part.same_as.sha256, part.same_as.size
    else:
        picked = names(column.name for column in plan.columns)
        rows = f"(SELECT {picked} FROM {relation(plan.spec.source)} WHERE {where(partition_values(part.name))})"
        _check_key(job.connection, plan.spec, rows)
        before = _before(job, part.name) if plan.spec.name == INDICATOR_VALUES else None
        if before is not None and job.base is not None:
            restating = _restating(plan, job.base[1])
            restating.compare(job.connection, rows, before)
            rows = restating.overlay(rows, before)
        sha256, size = _copy_sorted(job.connection, rows, plan.spec.key, job.folder / path)
    return Partition(
        name=part.name,
        rows=part.rows,
        digest=part.digest,
        path=path,
        sha256=sha256,
        size=size,
        in_duckdb=part.in_duckdb,
        fingerprint=part.fingerprint,
    )


def _copy_sorted(connection: duckdb.DuckDBPyConnection, rows: str, key: Sequence[str], target: Path) -> tuple[str, int]:
    target.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY (FROM {rows} ORDER BY {names(key)}) TO {text(target)} ({PARQUET_OPTIONS})")
    return settle(target)


def _check_key(connection: duckdb.DuckDBPyConnection, spec: TableSpec, rows: str) -> None:
    nulls = " OR ".join(f"{name(column)} IS NULL" for column in spec.key)
    offender = connection.execute(
        f"SELECT {names(spec.key)}, count(*) FROM {rows} GROUP BY ALL HAVING count(*) > 1 OR {nulls} "
        f"ORDER BY {names(spec.key)} LIMIT 1"
    ).fetchone()
    if offender is None:
        return
    key = ", ".join(f"{column} = {value}" for column, value in zip(spec.key, offender[:-1], strict=True))
    fault = "has a null in its key" if None in offender[:-1] else f"stands {offender[-1]} times"
    raise TableRefusedError(
        f"{spec.source}: the row with {key} {fault}; expected one row per ({', '.join(spec.key)}), never null. "
        "Mend the model or its specification; nothing was published"
    )


def _restating(plan: TablePlan, known: Manifest) -> restate.Restating:
    return restate.Restating(plan.columns, plan.spec.key, known.id, known.as_of)


def _before(job: Job, partition: str) -> str | None:
    """Relation over the previous publication's rows of one partition of ``indicator_values``."""
    table = job.base[1].table(INDICATOR_VALUES) if job.base else None
    found = next((p for p in table.partitions if p.name == partition), None) if table else None
    return parquet([job.base[0] / found.path]) if found and job.base else None


def _note_vanished(job: Job, plan: TablePlan) -> None:
    """Partitions that the previous publication had and this one has not: all their values are withdrawn."""
    table = job.base[1].table(INDICATOR_VALUES) if job.base else None
    if table is None or job.base is None:
        return
    folder, known = job.base
    restating = _restating(plan, known)
    there = {part.name for part in plan.partitions}
    for gone in (p for p in table.partitions if p.name not in there):
        restating.compare(job.connection, None, parquet([folder / gone.path]))


def _write_restatements(job: Job, plan: TablePlan) -> Table:
    relation_name = name("temp", "main", restate.RESTATEMENTS)
    columns = describe(job.connection, relation_name)
    (rows, digest) = next(iter(digests(job.connection, relation_name, columns).values()))
    path = f"tables/{restate.RESTATEMENTS}/part.parquet"
    sha256, size = _copy_sorted(job.connection, relation_name, plan.spec.key, job.folder / path)
    partition = Partition(name="", rows=rows, digest=digest, path=path, sha256=sha256, size=size, in_duckdb=True)
    return Table(
        name=restate.RESTATEMENTS,
        source=None,
        grain=restate.GRAIN,
        key=plan.spec.key,
        partition=(),
        volatile=(),
        content=False,
        in_duckdb=True,
        columns=columns,
        partitions=(partition,),
    )
