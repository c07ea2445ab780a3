"""The logical digest of rows: independent of their order, of the file format, the machine and the session's zone.

A row's canonical text is the concatenation of its cells, columns sorted by name; the digest is the XOR of the MD5 of
all rows' texts, hashed together with column names, types and the row count. Keys are unique, so no two rows cancel. It
finds errors; against forgery stand the SHA-256 of every file and the manifest's seal.

Cells: text is ``<bytes>:<text>`` and null ``-`` (so null ≠ '' and no text can imitate its neighbour); any other type
is its text and ``;``, null is ``;`` alone. Timestamps are microseconds since 1970 UTC, floats their IEEE bits (-0 as
0, one NaN), decimals have their type's scale: nothing depends on how an engine's release prints numbers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence

import duckdb

from catalog.publication.engine import name, names
from catalog.publication.errors import TableRefusedError
from catalog.publication.manifest import Column

INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
PRINTED = INTEGERS | {"BOOLEAN", "DATE", "UUID"}
INSTANTS = {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}
FLOATS = {"FLOAT", "DOUBLE"}
# Types that Parquet would hand back changed, or that have no canonical text; each with the way out.
ADVICE = {
    "HUGEINT": "sum() of integers gives HUGEINT, which Parquet stores as DOUBLE: cast it to BIGINT or DECIMAL",
    "UHUGEINT": "Parquet stores it as DOUBLE: cast it to BIGINT or DECIMAL",
}


def cell(column: Column) -> str:
    """SQL of one cell's canonical text.

    Raises:
        TableRefusedError: the type does not survive a round trip through Parquet.
    """
    value, kind = name(column.name), column.type
    if kind == "VARCHAR":
        return f"coalesce(strlen({value}) || ':' || {value}, '-')"
    if kind in PRINTED or re.fullmatch(r"DECIMAL\(\d+,\d+\)", kind):
        printed = f"{value}::VARCHAR"
    elif kind in INSTANTS:
        printed = f"epoch_us({value})::VARCHAR"
    elif kind in FLOATS:
        printed = f"CASE WHEN isnan({value}) THEN 'nan' ELSE ({value}::DOUBLE + 0.0::DOUBLE)::BIT::VARCHAR END"
    elif kind == "BLOB":
        printed = f"'x' || hex({value})"
    else:
        advice = ADVICE.get(kind, "cast it to VARCHAR, or give each part its own column")
        raise TableRefusedError(f"column {column.name}: type {kind} cannot be published; {advice}")
    return f"coalesce({printed}, '') || ';'"


def row_hash(columns: Iterable[Column]) -> str:
    """SQL of one row's hash."""
    ordered = sorted(columns, key=lambda column: column.name)
    return f"md5_number(concat({', '.join(map(cell, ordered))}))"


def seal_rows(columns: Iterable[Column], rows: int, mixed: int) -> str:
    """Digest of a set of rows from their count and the XOR of their hashes."""
    schema = sorted((column.name, column.type) for column in columns)
    return hashlib.sha256(json.dumps([schema, rows, f"{mixed:032x}"]).encode()).hexdigest()[:32]


def digests(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Column], by: Sequence[str] = ()
) -> dict[tuple[str | None, ...], tuple[int, str]]:
    """(rows, digest) per value of the ``by`` columns; streaming, memory does not grow with the rows."""
    grouped = f"GROUP BY {names(by)}" if by else ""
    picked = f"{names(by)}, " if by else ""
    found = connection.execute(
        f"SELECT {picked}count(*), bit_xor({row_hash(columns)}) FROM {relation} {grouped}"
    ).fetchall()
    return {tuple(row[:-2]): (row[-2], seal_rows(columns, row[-2], row[-1] or 0)) for row in found}


def describe(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[Column, ...]:
    """Columns of a relation."""
    found = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return tuple(Column(name=row[0], type=row[1]) for row in found)
