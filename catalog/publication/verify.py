"""Is a publication, and everything it stands on, still what it was? Every byte is read; the fault is named.

Checked: each file of the publication, each batch file in core, each landed object against its SHA-256; nothing missing,
nothing extra; with ``deep`` also that rows give the stated digests, digests the content hash, and the tables of
ecolake.duckdb equal the Parquet. Streaming: memory does not grow with the lake. Does not belong here: computing the
numbers anew (``recompute``) or mending anything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Literal

import duckdb

from catalog.lake import Lake
from catalog.publication import shelf
from catalog.publication.database import ABOUT
from catalog.publication.digest import describe, digests, seal_rows
from catalog.publication.engine import name, parquet, text, workshop
from catalog.publication.errors import PublicationError
from catalog.publication.files import sha256_of
from catalog.publication.manifest import (
    DUCKDB,
    MANIFEST,
    Manifest,
    Partition,
    Table,
    manifest_content_hash,
    read_manifest,
)

FILE = "file of the row"
Kind = Literal["altered", "missing", "unexpected", "digest", "database", "recomputed"]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Finding:
    """One fault: which file (relative to the lake), what it holds, what is wrong, how to mend it."""

    kind: Kind
    path: str
    holds: str
    detail: str


@dataclass
class Verification:
    """What was checked and found."""

    publication: str
    deep: bool
    files: int = 0
    size_bytes: int = 0
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


@dataclass(frozen=True)
class _Expected:
    path: Path
    sha256: str
    holds: str
    mend: str


def verify(
    lake: Lake,
    publication: str | None = None,
    *,
    deep: bool = True,
    inputs: bool = True,
    progress: Progress | None = None,
) -> Verification:
    """Check a publication (the current one by default); ``inputs=False`` leaves core and landing out.

    ``progress(what, done, total)`` is called before each file and table. Faults are collected, not raised.

    Raises:
        UnknownPublicationError: none such.
    """
    folder = shelf.find(lake, publication)
    result = Verification(folder.name, deep)
    try:
        manifest = read_manifest(folder)
    except PublicationError as error:
        kind: Kind = "altered" if (folder / MANIFEST).exists() else "missing"
        shown = str((folder / MANIFEST).relative_to(lake.root))
        result.findings.append(Finding(kind, shown, "manifest", str(error)))
        return result
    inspection = _Inspection(lake, folder, manifest, result, progress or (lambda what, done, total: None))
    inspection.check_manifest()
    inspection.check_files(inputs=inputs)
    if deep:
        with tempfile.TemporaryDirectory() as spill, workshop(Path(spill)) as connection:
            inspection.check_digests(connection)
            inspection.check_database(connection)
    return result


class _Inspection:
    """One pass over one publication; every fault goes into ``result``."""

    def __init__(self, lake: Lake, folder: Path, manifest: Manifest, result: Verification, progress: Progress) -> None:
        self._lake = lake
        self._folder = folder
        self._manifest = manifest
        self._result = result
        self._progress = progress
        self._done = 0
        self._total = 0

    def check_manifest(self) -> None:
        """The manifest belongs to its folder, its content hash follows from its digests."""
        path = self._folder / MANIFEST
        if self._manifest.id != self._folder.name:
            detail = f"is the manifest of {self._manifest.id}: the folder was renamed or the file exchanged"
            self._find("altered", path, "manifest", detail)
        if manifest_content_hash(self._manifest) != self._manifest.content_hash:
            self._find("digest", path, "manifest", "the content hash does not follow from the digests of the tables")

    def check_files(self, *, inputs: bool) -> None:
        """Every file against its SHA-256; files nobody stated."""
        expected = [*self._publication_files(), *(self._input_files() if inputs else ())]
        self._total = len(expected) + (2 * len(self._manifest.tables) if self._result.deep else 0)
        there = {path for path in self._folder.rglob("*") if not path.is_dir()}
        for extra in sorted(there - {e.path for e in expected} - {self._folder / MANIFEST}):
            detail = "not in the manifest: someone wrote into a publication; look at it, then remove it"
            self._find("unexpected", extra, "unknown", detail)
        for each in expected:
            self._tell(self._shown(each.path))
            self._check_file(each)

    def check_digests(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The rows of every Parquet file give the digest the manifest states."""
        for table in self._manifest.tables:
            self._tell(f"rows of {table.name}")
            sound = {
                str(self._folder / p.path): p for p in table.partitions if not self._is_damaged(self._folder / p.path)
            }
            try:
                found = self._digests_by_file(connection, table, sound)
            except duckdb.Error as error:
                fault = f"not readable as the table the manifest states: {str(error).splitlines()[0]}"
                self._find("digest", self._folder / "tables" / table.name, f"table {table.name}", fault)
                continue
            for file, part in sound.items():
                rows, digest = found.get(file, (0, seal_rows(table.content_columns, 0, 0)))
                self._result.rows += rows
                if (rows, digest) != (part.rows, part.digest):
                    fault = f"{rows} rows give digest {digest}; stated are {part.rows} rows and {part.digest}"
                    self._find("digest", Path(file), _holds(table, part), fault)

    def check_database(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The tables of ecolake.duckdb hold the same rows as the Parquet files, in every column."""
        path = self._folder / DUCKDB
        if self._is_damaged(path):
            return
        try:
            connection.execute(f"ATTACH {text(path)} AS held (READ_ONLY)")
            there = {row[0] for row in connection.execute("SHOW TABLES FROM held").fetchall()} - {ABOUT}
            stated = {t.name: t for t in self._manifest.tables if t.in_duckdb}
            for odd in sorted(there ^ set(stated)):
                detail = "is not in the manifest" if odd in there else "is not in the database"
                self._find("database", path, f"table {odd}", detail)
            for table in (stated[each] for each in sorted(set(stated) & there)):
                self._tell(f"{DUCKDB}: {table.name}")
                if fault := self._database_fault(connection, table):
                    self._find("database", path, f"table {table.name}", fault)
            columns = "id, content_hash, simulated"
            about = connection.execute(f"SELECT {columns} FROM {name('held', 'main', ABOUT)}").fetchall()
            if about != [(self._manifest.id, self._manifest.content_hash, self._manifest.simulated)]:
                self._find("database", path, f"table {ABOUT}", f"says {about}, not what the manifest says")
        except duckdb.Error as error:
            self._find("database", path, "all tables", f"not readable: {str(error).splitlines()[0]}")

    def _publication_files(self) -> Iterator[_Expected]:
        mend = "restore it from a backup, or publish again"
        holds = "all tables of day grain and coarser"
        yield _Expected(self._folder / DUCKDB, self._manifest.duckdb.sha256, holds, mend)
        for table in self._manifest.tables:
            for part in table.partitions:
                yield _Expected(self._folder / part.path, part.sha256, _holds(table, part), mend)

    def _input_files(self) -> list[_Expected]:
        """Batch files and landed objects; an object that several batches share is read once."""
        found: dict[Path, _Expected] = {}
        for batch in self._manifest.batches:
            received = f"{batch.received_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
            whose = f"dataset {batch.dataset}, object {batch.object_name}, received {received}"
            for file in batch.files:
                path = self._lake.root / file.path
                mend = "delete it and its commit record and ingest again: it is made from the landed object"
                found[path] = _Expected(path, file.sha256, f"batch {batch.batch} of {whose}", mend)
            landed = self._lake.root / batch.landing_path
            mend = "restore it from a backup or fetch it again: the numbers stand on these bytes"
            found[landed] = _Expected(landed, batch.object_sha256, f"bytes as received: {whose}", mend)
        return list(found.values())

    def _check_file(self, expected: _Expected) -> None:
        self._result.files += 1
        try:
            self._result.size_bytes += expected.path.stat().st_size
            found = sha256_of(expected.path)
        except FileNotFoundError:
            self._find("missing", expected.path, expected.holds, f"gone; {expected.mend}")
        except OSError as error:
            self._find("altered", expected.path, expected.holds, f"not readable ({error}); {expected.mend}")
        else:
            if found != expected.sha256:
                detail = f"SHA-256 was {expected.sha256[:16]}…, is {found[:16]}…; {expected.mend}"
                self._find("altered", expected.path, expected.holds, detail)

    def _digests_by_file(
        self, connection: duckdb.DuckDBPyConnection, table: Table, sound: Mapping[str, Partition]
    ) -> dict[str, tuple[int, str]]:
        """All files of a table in one pass, so that every core has work; files without rows are not in the answer."""
        if not sound:
            return {}
        source = f"(SELECT *, filename AS {name(FILE)} FROM {parquet(map(Path, sound))})"
        found = digests(connection, source, table.content_columns, by=[FILE])
        return {str(file): stated for (file,), stated in found.items()}

    def _database_fault(self, connection: duckdb.DuckDBPyConnection, table: Table) -> str | None:
        files = [self._folder / p.path for p in table.partitions if p.in_duckdb]
        if any(self._is_damaged(path) for path in files):
            return None
        held = name("held", "main", table.name)
        if describe(connection, held) != table.columns:
            return "has other columns than its Parquet files"
        rows = digests(connection, held, table.columns)
        empty = f"(FROM {held} WHERE false)"
        if rows != digests(connection, parquet(files) if files else empty, table.columns):
            return "holds other rows than its Parquet files"
        return None

    def _find(self, kind: Kind, path: Path, holds: str, detail: str) -> None:
        self._result.findings.append(Finding(kind, self._shown(path), holds, detail))

    def _is_damaged(self, path: Path) -> bool:
        return any(finding.path == self._shown(path) for finding in self._result.findings)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self._lake.root)) if path.is_relative_to(self._lake.root) else str(path)

    def _tell(self, what: str) -> None:
        self._progress(what, self._done, self._total)
        self._done += 1


def _holds(table: Table, part: Partition) -> str:
    return f"table {table.name}" + (f", {part.name}" if part.name else "")
