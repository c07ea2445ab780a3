"""``ecolake.duckdb``: every table of day grain and coarser as a real table, so the file can be carried away alone.

It starts as a copy of the previous publication's file in which only changed partitions are replaced (measured: 0.05 s
instead of 1.5 s for a million rows in 110 months). Does not belong here: the Parquet files it is filled from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalog.publication.engine import name, names, parquet, text
from catalog.publication.files import copy_hashing, settle
from catalog.publication.manifest import DUCKDB, DuckdbFile, Manifest, Table
from catalog.publication.plan import where

RELEASE = "_release"
ABOUT = "publication"


@dataclass(frozen=True)
class About:
    """What the database says about itself, in the one row of its table ``publication``."""

    id: str
    content_hash: str
    built_at: str
    as_of: str
    previous: str | None
    profile: str
    simulated: bool
    code_commit: str | None
    code_dirty: bool
    package_version: str
    editions: str


def write_database(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: Iterable[Table],
    about: About,
    base: tuple[Path, Manifest] | None,
) -> DuckdbFile:
    """Make ``folder/ecolake.duckdb`` from the Parquet files of ``folder``; ``base`` is the previous publication."""
    target = folder / DUCKDB
    held = base[1] if base is not None and _copy_intact(base[0], base[1], target) else None
    wanted = [table for table in tables if table.in_duckdb]
    connection.execute(f"ATTACH {text(target)} AS {RELEASE}")
    try:
        for gone in sorted({t.name for t in held.tables if t.in_duckdb} - {t.name for t in wanted} if held else set()):
            connection.execute(f"DROP TABLE {name(RELEASE, 'main', gone)}")
        for table in wanted:
            before = held.table(table.name) if held else None
            if before is not None and before.in_duckdb and before.columns == table.columns:
                _replace_changed(connection, folder, table, before)
            else:
                _create(connection, folder, table)
        _describe_itself(connection, about)
    finally:
        connection.execute(f"DETACH {RELEASE}")
    sha256, size = settle(target)
    return DuckdbFile(path=DUCKDB, sha256=sha256, size=size)


def _copy_intact(folder: Path, manifest: Manifest, target: Path) -> bool:
    """Copy the previous file if its bytes are still what they were; a rotten one is not carried on."""
    source = folder / DUCKDB
    if source.exists() and copy_hashing(source, target) == manifest.duckdb.sha256:
        return True
    target.unlink(missing_ok=True)
    return False


def _create(connection: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> None:
    released = name(RELEASE, "main", table.name)
    columns = ", ".join(f"{name(c.name)} {c.type}" for c in table.columns)
    connection.execute(f"CREATE OR REPLACE TABLE {released} ({columns})")
    connection.execute(f"COMMENT ON TABLE {released} IS {text(table.grain)}")
    files = [folder / p.path for p in table.partitions if p.in_duckdb]
    if files:
        connection.execute(
            f"INSERT INTO {released} SELECT {names(c.name for c in table.columns)} FROM {parquet(files)}"
        )


def _replace_changed(connection: duckdb.DuckDBPyConnection, folder: Path, table: Table, before: Table) -> None:
    old = {p.name: p.sha256 for p in before.partitions if p.in_duckdb}
    new = {p.name: p.sha256 for p in table.partitions if p.in_duckdb}
    if old and not set(old.items()) & set(new.items()):
        _create(connection, folder, table)
        return
    released = name(RELEASE, "main", table.name)
    connection.execute(f"COMMENT ON TABLE {released} IS {text(table.grain)}")
    for partition in before.partitions:
        if partition.in_duckdb and new.get(partition.name) != partition.sha256:
            connection.execute(f"DELETE FROM {released} WHERE {where(partition.values)}")
    files = [folder / p.path for p in table.partitions if p.in_duckdb and old.get(p.name) != p.sha256]
    if files:
        connection.execute(
            f"INSERT INTO {released} SELECT {names(c.name for c in table.columns)} FROM {parquet(files)}"
        )


def _describe_itself(connection: duckdb.DuckDBPyConnection, about: About) -> None:
    facts = vars(about)
    columns = ", ".join(f"{name(fact)} {'BOOLEAN' if isinstance(facts[fact], bool) else 'VARCHAR'}" for fact in facts)
    released = name(RELEASE, "main", ABOUT)
    connection.execute(f"CREATE OR REPLACE TABLE {released} ({columns})")
    connection.execute(f"COMMENT ON TABLE {released} IS 'one row: what this file is'")
    connection.execute(f"INSERT INTO {released} VALUES ({', '.join('?' for _ in facts)})", list(facts.values()))
