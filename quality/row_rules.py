"""Row rules: the dataframely schema that a card's columns imply.

Only what makes a row unusable is a row rule (type, key, pattern, allowed values); ranges flag and live in the door.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import dataframely as dy
import polars as pl

from ingest.card import Card
from ingest.fields import Column

UTC = pl.Datetime("us", "UTC")
POLARS_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "string": pl.String,
    "integer": pl.Int64,
    "date": pl.Date,
    "datetime": UTC,
}
DUCKDB_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "date": "DATE", "datetime": "TIMESTAMPTZ"}


def polars_type(column: Column) -> pl.DataType | type[pl.DataType]:
    """The type of a column's accepted values."""
    return pl.Decimal(*column.digits) if column.type == "decimal" else POLARS_TYPES[column.type]


def duckdb_type(column: Column) -> str:
    """The same in SQL."""
    if column.type == "decimal":
        return f"DECIMAL({column.digits[0]},{column.digits[1]})"
    return DUCKDB_TYPES[column.type]


@cache
def _schema(columns: tuple[tuple[str, str], ...], dated: bool) -> type[dy.Schema]:
    fields: dict[str, Any] = {"row": dy.UInt32(), "line": dy.Int64()}
    for name, payload in columns:
        fields[name] = _field(Column.model_validate_json(payload))
    if dated:
        instant = dy.Datetime(time_unit="us", time_zone="UTC")
        fields |= {"interval_start_at": instant, "interval_end_at": instant, "month": dy.String()}
    return type("RowRules", (dy.Schema,), fields)


def row_schema(card: Card) -> type[dy.Schema]:
    """The schema of an accepted row: card columns, ``row`` and ``line``, and the interval of dated data."""
    return _schema(tuple((c.name, c.model_dump_json()) for c in card.columns), card.time is not None)


def _field(column: Column) -> dy.Column:
    nullable = not column.required
    if column.type == "string":
        allowed = column.allowed
        return dy.String(
            nullable=nullable,
            regex=column.pattern,
            check={"allowed": lambda c: c.is_in(allowed)} if allowed else None,
        )
    if column.type == "decimal":
        return dy.Decimal(*column.digits, nullable=nullable)
    if column.type == "datetime":
        return dy.Datetime(time_unit="us", time_zone="UTC", nullable=nullable)
    return dy.Int64(nullable=nullable) if column.type == "integer" else dy.Date(nullable=nullable)
