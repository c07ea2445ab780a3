"""From a table of text cells under the source's names to what a parser returns, by the card.

Does not belong here: reading a file format (the modules beside), typing cells (the lake door).
"""

from __future__ import annotations

import polars as pl

from ingest.card import Card
from ingest.drift import align
from ingest.parsing import EXTRA_SCHEMA, ParseResult, UnreadableObjectError, no_rejects

DATE, DATETIME = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"


def by_card(
    card: Card, table: pl.DataFrame, *, rejects: pl.DataFrame | None = None, **computed: pl.Expr | None
) -> ParseResult:
    """Pick and rename the card's columns (``source_name``) of a text table with ``line``.

    ``computed``: what the table does not hold as such, over the source's names: ``label_local``, ``end_local``, or a
    column of the card; the columns it is made of need not be in the card. Columns nobody speaks of are set aside in
    ``extra``.

    Raises:
        UnreadableObjectError: a required or key column is missing, or one that something is computed from.
    """
    roots = {root for made in computed.values() if made is not None for root in made.meta.root_names()}
    if missing := sorted(roots - set(table.columns)):
        raise UnreadableObjectError("unexpected_header", f"no column {missing}; found {table.columns[:8]}")
    named = {name for column in card.columns for name in (column.source_name, *column.was)}
    header = [name for name in table.columns if name != "line" and (name not in roots or name in named)]
    found = align(card, header)
    lost = [c.name for c in card.columns if c.source_name is not None and c.name not in found.names]
    rows = table.select(
        "line",
        **{ours: pl.col(theirs).cast(pl.String) for ours, theirs in found.names.items() if ours not in computed},
        **{name: pl.lit(None, dtype=pl.String) for name in lost if name not in computed},
        **{name: expression for name, expression in computed.items() if expression is not None},
    )
    extra = table.select("line", *(pl.col(name).cast(pl.String) for name in found.extra))
    cells = extra.unpivot(index="line", variable_name="column", value_name="raw").drop_nulls("raw")
    return ParseResult(
        rows,
        no_rejects() if rejects is None else rejects,
        found.drift,
        cells.select(EXTRA_SCHEMA.names()).cast(EXTRA_SCHEMA) if found.extra else pl.DataFrame(schema=EXTRA_SCHEMA),
    )


def moment(name: str, form: str = DATETIME) -> pl.Expr:
    """A text column as naive local datetime; null where it does not fit."""
    return pl.col(name).str.strip_chars().str.to_datetime(form, strict=False, time_unit="us")


def day(name: str, form: str = DATE) -> pl.Expr:
    """A date column as the naive local start of the day."""
    return pl.col(name).str.strip_chars().str.to_date(form, strict=False).cast(pl.Datetime("us"))


def year(name: str) -> pl.Expr:
    """A year such as ``2024`` or ``2024年`` as the naive local start of the year."""
    digits = pl.col(name).str.extract(r"^\s*(\d{4})\s*年?\s*$")
    return (digits + "-01-01").str.to_datetime(DATE, strict=False, time_unit="us")


def month(name: str) -> pl.Expr:
    """A month such as ``2024-03``, ``2024/3`` or ``2024年3月`` as the naive local start of the month."""
    parts = pl.col(name).str.extract_groups(r"^\s*(?<year>\d{4})[-/年](?<month>\d{1,2})月?\s*$").struct
    first = parts.field("year") + "-" + parts.field("month").str.zfill(2) + "-01"
    return first.str.to_datetime(DATE, strict=False, time_unit="us")
