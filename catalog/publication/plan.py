"""What a publication will hold: the scratch's tables checked, partitions digested, unchanged ones recognised.

Nothing is written here. Does not belong here: where the scratch comes from (dbt) or how files are made (``build``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

from catalog.publication.digest import describe, digests
from catalog.publication.engine import name, names, text
from catalog.publication.errors import TableRefusedError
from catalog.publication.manifest import (
    BatchFacts,
    CodeFacts,
    Column,
    ColumnWords,
    Manifest,
    Partition,
    Table,
    content_hash,
    partition_name,
    partition_values,
)

INDICATOR_VALUES = "indicator_values"
# Tables a publication writes about itself.
RESERVED = {"publication", "restatements"}
# A wall clock's reading is no part of what was computed.
CLOCK_COLUMN = "computed_at"


@dataclass(frozen=True)
class TableSpec:
    """How one scratch table is published.

    ``partition`` columns are functions of the key (the month of its time), so a key never moves between partitions.
    ``parquet_only``: partitions whose name begins so stay out of ecolake.duckdb (``("period_type=hour",)``).
    ``volatile`` columns (clock readings) enter neither digest nor content hash; ``computed_at`` may be absent, any
    other must exist. ``words``: what the columns mean, for whoever reads the publication without this repository.
    """

    name: str
    key: tuple[str, ...]
    grain: str
    schema: str = "main"
    partition: tuple[str, ...] = ()
    in_duckdb: bool = True
    parquet_only: tuple[str, ...] = ()
    volatile: tuple[str, ...] = (CLOCK_COLUMN,)
    words: tuple[ColumnWords, ...] = ()

    @property
    def source(self) -> str:
        """Relation in the scratch file, unquoted."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class PublicationFacts:
    """What the builder knows and the tables do not say.

    ``fingerprints``: (table, partition name) → hash of everything that partition's rows depend on, inputs and code.
    Leave out what you cannot vouch for (a year's value depends on twelve months): it is read and digested again.
    """

    as_of: datetime
    built_at: datetime
    profile: Literal["demo", "live"]
    simulated: bool
    code: CodeFacts
    editions: tuple[str, ...] = ()
    batches: tuple[BatchFacts, ...] = ()
    fingerprints: Mapping[tuple[str, str], str] = field(default_factory=dict)
    by: str = "ecolake publish"


@dataclass(frozen=True)
class PartitionPlan:
    """One partition to publish; ``same_as`` is the previous publication's file when it holds the same content."""

    name: str
    rows: int
    digest: str
    fingerprint: str | None
    in_duckdb: bool
    same_as: Partition | None


@dataclass(frozen=True)
class TablePlan:
    """One table to publish; ``columns`` as they will stand in the files."""

    spec: TableSpec
    columns: tuple[Column, ...]
    volatile: tuple[str, ...]
    partitions: tuple[PartitionPlan, ...]
    previous: Table | None

    def to_table(self, partitions: Iterable[Partition]) -> Table:
        """The manifest's entry, once the files exist."""
        return Table(
            name=self.spec.name,
            source=self.spec.source,
            grain=self.spec.grain,
            key=self.spec.key,
            partition=self.spec.partition,
            volatile=self.volatile,
            content=True,
            in_duckdb=self.spec.in_duckdb,
            columns=self.columns,
            partitions=tuple(partitions),
            words=self.spec.words,
        )


def open_scratch(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Attach the scratch file, read-only, under its own name: dbt's views in it are qualified with that name."""
    connection.execute(f"ATTACH {text(scratch)} AS {name(scratch.stem)} (READ_ONLY)")
    connection.execute(f"USE {name(scratch.stem)}")


def relation(source: str) -> str:
    """A scratch table as it is published, before the publication's history is laid over it.

    In ``indicator_values`` what dbt calls ``status`` is kept as ``review_status``: ``status`` will also say
    ``restated``, which follows from earlier publications, not from inputs and code.
    """
    schema, table = source.split(".", 1)
    qualified = name(schema, table)
    return f"(SELECT *, status AS review_status FROM {qualified})" if table == INDICATOR_VALUES else qualified


def plan_tables(
    connection: duckdb.DuckDBPyConnection,
    specs: Iterable[TableSpec],
    fingerprints: Mapping[tuple[str, str], str],
    previous: Manifest | None,
) -> list[TablePlan]:
    """Check every table's shape and digest what is not known to be unchanged.

    Raises:
        TableRefusedError: a table is missing or breaks its specification.
    """
    plans = [_plan_table(connection, spec, fingerprints, previous) for spec in sorted(specs, key=lambda s: s.name)]
    if twice := sorted({p.spec.name for p in plans if sum(q.spec.name == p.spec.name for q in plans) > 1}):
        raise TableRefusedError(f"tables {twice} are specified twice")
    if reserved := sorted({p.spec.name for p in plans} & RESERVED):
        raise TableRefusedError(f"tables {reserved} are written by the publication itself; rename yours")
    if unknown := sorted({table for table, _ in fingerprints} - {p.spec.name for p in plans}):
        raise TableRefusedError(f"fingerprints speak of tables {unknown}, which are not to be published")
    return plans


def planned_content_hash(plans: Iterable[TablePlan]) -> str:
    """The content hash of what is planned; see :func:`manifest.content_hash`."""
    return content_hash(
        (
            plan.spec.name,
            [c for c in plan.columns if c.name not in plan.volatile],
            [(p.name, p.rows, p.digest) for p in plan.partitions],
        )
        for plan in plans
    )


def _plan_table(
    connection: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    fingerprints: Mapping[tuple[str, str], str],
    previous: Manifest | None,
) -> TablePlan:
    try:
        columns = describe(connection, relation(spec.source))
    except duckdb.Error as error:
        raise TableRefusedError(f"{spec.source}: not in the scratch file: {str(error).splitlines()[0]}") from error
    volatile = _check_columns(spec, columns)
    content = tuple(c for c in columns if c.name not in volatile)
    known = previous.table(spec.name) if previous else None
    if known is not None and (known.columns, known.key, known.partition, known.volatile) != (
        columns,
        spec.key,
        spec.partition,
        volatile,
    ):
        known = None
    old = {p.name: p for p in known.partitions} if known else {}
    words = {part: fingerprints.get((spec.name, part)) for part in _partitions(connection, spec)}
    unread = {part for part, word in words.items() if word and part in old and old[part].fingerprint == word}
    found = _digest_partitions(connection, spec, content, set(words) - unread)
    partitions = []
    for part in sorted(words):
        rows, digest = (old[part].rows, old[part].digest) if part in unread else found[part]
        same = old.get(part)
        partitions.append(
            PartitionPlan(
                name=part,
                rows=rows,
                digest=digest,
                fingerprint=words[part],
                in_duckdb=spec.in_duckdb and not part.startswith(spec.parquet_only or ("/",)),
                same_as=same if same and (same.rows, same.digest) == (rows, digest) else None,
            )
        )
    return TablePlan(spec, columns, volatile, tuple(partitions), known)


def _check_columns(spec: TableSpec, columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The volatile columns, sorted; refuses a specification that does not fit the table."""
    there = {c.name for c in columns}
    demanded = {
        "key": spec.key,
        "partition": spec.partition,
        "volatile": tuple(c for c in spec.volatile if c != CLOCK_COLUMN),
    }
    if spec.name == INDICATOR_VALUES:
        demanded["contract"] = ("value", "value_text", "status", "period_type", "period_start")
    for role, wanted in demanded.items():
        if missing := [c for c in wanted if c not in there]:
            raise TableRefusedError(f"{spec.source}: no {role} column {missing}; columns are {sorted(there)}")
    volatile = set(spec.volatile) & there | ({"status"} if spec.name == INDICATOR_VALUES else set())
    if not spec.key or volatile & {*spec.key, *spec.partition}:
        raise TableRefusedError(f"{spec.source}: needs a key, and key and partition columns cannot be volatile")
    return tuple(sorted(volatile))


def _partitions(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> list[str]:
    if not spec.partition:
        return [""]
    found = connection.execute(f"SELECT DISTINCT {names(spec.partition)} FROM {relation(spec.source)}").fetchall()
    for values in found:
        if any(not isinstance(v, str) or not v or set(v) & set("/=\\") or v.startswith(".") for v in values):
            raise TableRefusedError(
                f"{spec.source}: {dict(zip(spec.partition, values, strict=True))} cannot name a partition: expected "
                "text without '/', '=' and '\\', never null"
            )
    return [partition_name(**dict(zip(spec.partition, values, strict=True))) for values in found]


def where(partition_values: Mapping[str, str]) -> str:
    """SQL condition for the rows of one partition."""
    conditions = [f"{name(column)} = {text(value)}" for column, value in partition_values.items()]
    return " AND ".join(conditions) or "true"


def _where_any(partitions: set[str]) -> str:
    """SQL condition for the rows of several partitions.

    One condition per column comes first: that much DuckDB can check against its zone maps, so the other months are not
    even read.
    """
    wanted = [partition_values(part) for part in sorted(partitions)]
    conditions = []
    for column in wanted[0]:
        listed = ", ".join(text(value) for value in sorted({values[column] for values in wanted}))
        conditions.append(f"{name(column)} IN ({listed})")
    rows = ", ".join("(" + ", ".join(text(value) for value in values.values()) + ")" for values in wanted)
    return f"{' AND '.join(conditions)} AND ({names(wanted[0])}) IN ({rows})"


def _digest_partitions(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, content: tuple[Column, ...], wanted: set[str]
) -> dict[str, tuple[int, str]]:
    if not wanted:
        return {}
    source = relation(spec.source)
    try:
        if not spec.partition:
            return {"": next(iter(digests(connection, source, content).values()))}
        found = digests(connection, f"(FROM {source} WHERE {_where_any(wanted)})", content, by=spec.partition)
    except TableRefusedError as error:
        raise TableRefusedError(f"{spec.source}: {error}") from error
    return {
        partition_name(**dict(zip(spec.partition, map(str, values), strict=True))): stated
        for values, stated in found.items()
    }
