"""Write a package: CSV, Parquet, ``datapackage.json``, ``SHA256SUMS`` in one folder that appears whole or not at all.

Rows are ordered by the table's key and nothing in the files reads a clock: the same publication and card give the same
bytes. Rows stream through DuckDB and spill; memory does not grow with them. Does not belong here: what may be in a
package (``policy``) or that it left (``log``).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalog.lake import fsync_dir
from catalog.publication.engine import DEFAULT_MEMORY, ENV_MEMORY, name, names, text
from catalog.publication.files import settle, sha256_of
from catalog.publication.manifest import Column
from catalog.publication.reader import Publication
from catalog.publication.write import PARQUET_OPTIONS
from sharing.descriptor import DataFile, render, table_schema_type
from sharing.errors import RefusedError
from sharing.policy import Grant

DESCRIPTOR, SUMS, SPILL = "datapackage.json", "SHA256SUMS", "spill"
# Whoever meets a file of a simulated package alone must see it in its name, as with the feeds that it comes from.
SIMULATED_PREFIX = "sim_"
DRAFT = ".ecolake-export-"


@dataclass(frozen=True)
class Package:
    """A finished package. ``seal``: SHA-256 of its ``SHA256SUMS``, which names every other file with its own."""

    folder: Path
    seal: str
    rows: int


@contextmanager
def drafted(
    feed: str,
    given: Grant,
    publication: Publication,
    connection: duckdb.DuckDBPyConnection,
    out: Path,
) -> Iterator[tuple[Package, Path]]:
    """Write the package beside its place; yields it with the draft, which ``put_in_place`` moves; then clears up.

    For one caller at a time: what another one left unfinished is removed.

    Raises:
        RefusedError: there are no rows, or a column's type cannot be given.
    """
    out.mkdir(parents=True, exist_ok=True)
    for leftover in out.glob(f"{DRAFT}*"):  # of an export that was killed
        shutil.rmtree(leftover)
    draft = out / f"{DRAFT}{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        for column in given.columns:
            table_schema_type(column)
        memory = os.environ.get(ENV_MEMORY, DEFAULT_MEMORY)
        connection.execute(f"SET temp_directory = {text(draft / SPILL)}; SET memory_limit = {text(memory)}")
        rows = _count(connection, given)
        stem = f"{SIMULATED_PREFIX if publication.simulated else ''}{given.table.name}"
        files = [_csv(connection, given, draft / f"{stem}.csv"), _parquet(connection, given, draft / f"{stem}.parquet")]
        shutil.rmtree(draft / SPILL, ignore_errors=True)
        (draft / DESCRIPTOR).write_text(render(feed, given, publication.manifest, files, rows), encoding="utf-8")
        digest, _ = settle(draft / DESCRIPTOR)
        sums = sorted([(DESCRIPTOR, digest), *((file.path, file.sha256) for file in files)])
        (draft / SUMS).write_text("".join(f"{sha}  {path}\n" for path, sha in sums), encoding="utf-8")
        seal, _ = settle(draft / SUMS)
        fsync_dir(draft)
        yield Package(out / feed / f"{publication.id}-{seal[:8]}", seal, rows), draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def put_in_place(package: Package, draft: Path) -> None:
    """Rename the draft to its place; where the same package lies already, it is left as it is.

    Raises:
        RefusedError: what lies there is not what was written then.
    """
    if package.folder.is_dir():
        if faults := damaged(package.folder):
            raise RefusedError(f"{package.folder}: altered since it was written ({', '.join(faults)}); move it away")
        return
    package.folder.parent.mkdir(parents=True, exist_ok=True)
    draft.rename(package.folder)
    fsync_dir(package.folder.parent)


def damaged(folder: Path) -> list[str]:
    """Files of a package that are gone, added or other than ``SHA256SUMS`` says."""
    sums = folder / SUMS
    if not sums.exists():
        return [SUMS]
    lines = sums.read_text(encoding="utf-8").splitlines()
    stated = {path: sha for sha, _, path in (line.partition("  ") for line in lines)}
    there = {path.name for path in folder.iterdir()} - {SUMS}
    wrong = {path for path in there & set(stated) if sha256_of(folder / path) != stated[path]}
    sealed = hashlib.sha256(sums.read_bytes()).hexdigest()[:8] == folder.name[-8:]
    return sorted(wrong | (there ^ set(stated)) | (set() if sealed else {SUMS}))


def _count(connection: duckdb.DuckDBPyConnection, given: Grant) -> int:
    found = connection.execute(f"SELECT count(*) FROM {given.rows}").fetchone()
    rows = int(found[0]) if found else 0
    if not rows:
        raise RefusedError(f"no row of {given.table.name} fits the feed's rows; nothing to give")
    return rows


def _csv(connection: duckdb.DuckDBPyConnection, given: Grant, target: Path) -> DataFile:
    shown = ", ".join(f"{_cell(column)} AS {name(column.name)}" for column in given.columns)
    return _copy(connection, given, shown, target, "FORMAT csv, HEADER true, DELIMITER ','")


def _parquet(connection: duckdb.DuckDBPyConnection, given: Grant, target: Path) -> DataFile:
    return _copy(connection, given, names(column.name for column in given.columns), target, PARQUET_OPTIONS)


def _copy(connection: duckdb.DuckDBPyConnection, given: Grant, shown: str, target: Path, options: str) -> DataFile:
    # by the table's whole key, given or not: a total order
    order = names(given.table.key, prefix="given")
    rows = f"SELECT {shown} FROM {given.rows} AS given ORDER BY {order}"
    connection.execute(f"COPY ({rows}) TO {text(target)} ({options})")
    digest, size = settle(target)
    return DataFile(target.name, digest, size)


def _cell(column: Column) -> str:
    """A value as CSV shows it: instants in UTC, ISO 8601, independent of the session's zone."""
    value = name(column.name)
    pattern = "%Y-%m-%dT%H:%M:%S.%f"
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return f"replace(strftime(timezone('UTC', {value}), '{pattern}Z'), '.000000Z', 'Z')"
    if column.type == "TIMESTAMP":
        return f"regexp_replace(strftime({value}, '{pattern}'), '\\.000000$', '')"
    return value
