"""What a publication says about itself: tables, files, hashes, and the batches its numbers come from.

``manifest.json`` is sealed: its first line is the SHA-256 of the rest, so a changed byte in it shows. Does not belong
here: making (``build``) or checking (``verify``) what it describes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from catalog.publication.errors import PublicationError

MANIFEST = "manifest.json"
DUCKDB = "ecolake.duckdb"
FORMAT = 1
# DB33/T 2350-2021: not sensitive, less, rather, sensitive.
Level = Literal["L1", "L2", "L3", "L4"]


class Fact(BaseModel):
    """Frozen, and strict about unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Fact):
    """One column as DuckDB types it."""

    name: str
    type: str


class ColumnWords(Fact):
    """What a column means, as its model's yml says: Chinese and English words, unit, and its level by DB33/T 2350-2021.

    ``level`` is None where nobody stated one; whoever passes data on has to treat that as the highest. Words are no
    part of the content: they enter neither digest nor content hash.
    """

    name: str
    zh: str = ""
    en: str = ""
    unit: str | None = None
    level: Level | None = None


class Partition(Fact):
    """One Parquet file; ``name`` is ``month=2019-03`` or ``period_type=hour/month=2019-03``, empty for a whole table.

    ``digest`` speaks of the rows without their volatile columns, ``sha256`` of the file's bytes. ``fingerprint`` is the
    builder's word on the inputs and code: the same word next time means the file need not be read again.
    """

    name: str
    rows: int
    digest: str
    path: str
    sha256: str
    size: int
    in_duckdb: bool
    fingerprint: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """Partition column → value."""
        return partition_values(self.name)


class Table(Fact):
    """One table; ``volatile`` columns and tables outside the ``content`` do not enter the content hash.

    ``words``: what its columns mean; empty in publications made before words were kept.
    """

    name: str
    source: str | None
    grain: str
    key: tuple[str, ...]
    partition: tuple[str, ...]
    volatile: tuple[str, ...]
    content: bool
    in_duckdb: bool
    columns: tuple[Column, ...]
    partitions: tuple[Partition, ...]
    words: tuple[ColumnWords, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all partitions."""
        return sum(p.rows for p in self.partitions)

    @property
    def content_columns(self) -> tuple[Column, ...]:
        """Columns that follow from inputs and code alone."""
        return tuple(c for c in self.columns if c.name not in self.volatile)

    def has_columns(self, *wanted: str) -> bool:
        """True when all these columns exist."""
        return set(wanted) <= {c.name for c in self.columns}


class DuckdbFile(Fact):
    """The self-contained database file."""

    path: str
    sha256: str
    size: int


class CodeFacts(Fact):
    """Which code computed the numbers."""

    commit: str | None
    dirty: bool
    version: str


class FileFacts(Fact):
    """A file of the lake, relative to its root."""

    path: str
    sha256: str


class BatchFacts(Fact):
    """One batch the numbers come from: the landed object and the files it became."""

    batch: str
    dataset: str
    object_sha256: str
    object_name: str
    landing_path: str
    received_at: datetime
    build: str
    files: tuple[FileFacts, ...] = ()


class Changes(Fact):
    """Published values that differ from the previous publication: see ``restate``."""

    restated: int = 0
    updated: int = 0
    withdrawn: int = 0


class Manifest(Fact):
    """The whole statement."""

    format: int = FORMAT
    id: str
    content_hash: str
    built_at: datetime
    as_of: datetime
    previous: str | None
    profile: Literal["demo", "live"]
    simulated: bool
    code: CodeFacts
    editions: tuple[str, ...]
    changes: Changes
    tables: tuple[Table, ...]
    duckdb: DuckdbFile
    batches: tuple[BatchFacts, ...]

    def table(self, table: str) -> Table | None:
        """The table of that name, if published."""
        return next((t for t in self.tables if t.name == table), None)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(t.rows for t in self.tables)

    def to_text(self) -> str:
        """The sealed file: same content, same bytes; one line per table and batch, so that people can read it."""
        payload = self.model_dump(mode="json")
        body = ",\n".join(f"{_json(name)}: {_lines(payload[name])}" for name in sorted(payload)) + "}\n"
        return f"{_seal(body.encode())}\n{body}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _lines(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n " + ",\n ".join(map(_json, value)) + "]"
    return _json(value)


def _seal(body: bytes) -> str:
    """First line of the file: the SHA-256 of all the bytes below it."""
    return f'{{"seal": "{hashlib.sha256(body).hexdigest()}",'


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of the publication in ``folder``.

    Raises:
        PublicationError: absent, or altered since it was written.
    """
    path = folder / MANIFEST
    try:
        seal, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError as error:
        raise PublicationError(f"{path}: missing; restore the publication's folder from a backup") from error
    if seal != _seal(body).encode():
        raise PublicationError(f"{path}: altered, its content is not what it was sealed with; restore it from a backup")
    try:
        return Manifest.model_validate_json(b"{" + body)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise PublicationError(f"{path}: of another version of ecolake: {where}: {fault['msg']}") from error


def partition_name(**values: str) -> str:
    """``partition_name(period_type="hour", month="2019-03")`` → ``period_type=hour/month=2019-03``."""
    return "/".join(f"{column}={value}" for column, value in values.items())


def partition_values(partition: str) -> dict[str, str]:
    """The inverse of :func:`partition_name`."""
    return dict(part.split("=", 1) for part in partition.split("/")) if partition else {}


def content_hash(tables: Iterable[tuple[str, Iterable[Column], Iterable[tuple[str, int, str]]]]) -> str:
    """SHA-256 over (table, schema) and (table, partition, rows, digest), each list sorted.

    ``tables``: name, content columns, and (partition, rows, digest) of each partition. No clock, no path, no order of
    rows or columns enters: the same inputs and code give the same hash on any machine at any time.
    """
    lines: list[str] = []
    for table, columns, partitions in tables:
        lines.append(json.dumps(["schema", table, sorted((c.name, c.type) for c in columns)]))
        lines += [json.dumps(["rows", table, *partition]) for partition in partitions]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def manifest_content_hash(manifest: Manifest) -> str:
    """The content hash that follows from the digests a manifest states."""
    return content_hash(
        (t.name, t.content_columns, [(p.name, p.rows, p.digest) for p in t.partitions])
        for t in manifest.tables
        if t.content
    )
