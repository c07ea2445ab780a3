"""DuckDB as the publications use it: settings, quoting, nothing else.

Does not belong here: what is asked of it (every other module of this package).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb

ENV_MEMORY = "ECOLAKE_MEMORY"
# A month of 300 stations' hours sorts in 0.4 GB; more rows spill to disk instead of growing.
DEFAULT_MEMORY = "2GB"
# No extension is ever fetched: what is not in the wheel is an error, not a download.
OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def workshop(spill: Path) -> duckdb.DuckDBPyConnection:
    """A private in-memory database that computes in UTC and spills into ``spill`` (made when first needed)."""
    memory = os.environ.get(ENV_MEMORY, DEFAULT_MEMORY)
    connection = duckdb.connect(config=OFFLINE | {"memory_limit": memory, "temp_directory": str(spill)})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def name(*identifiers: str) -> str:
    """A quoted, possibly qualified identifier."""
    return ".".join('"' + identifier.replace('"', '""') + '"' for identifier in identifiers)


def names(identifiers: Iterable[str], prefix: str = "") -> str:
    """Quoted identifiers, comma-separated; ``prefix`` is a table alias."""
    return ", ".join((f"{prefix}." if prefix else "") + name(identifier) for identifier in identifiers)


def text(value: str | Path) -> str:
    """A quoted SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def parquet(paths: Iterable[Path]) -> str:
    """A relation over Parquet files; partition columns are read from the files, not from their folders' names."""
    return f"read_parquet([{', '.join(text(path) for path in paths)}], hive_partitioning = false)"


def matching(columns: Iterable[str], left: str, right: str) -> str:
    """Join condition on columns that are never null."""
    return " AND ".join(f"{left}.{name(column)} = {right}.{name(column)}" for column in columns)
