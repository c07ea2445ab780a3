"""A laboratory's monthly or seasonal workbook: title, header, units, a row a sample, limits and notes at the end.

Does not belong here: what a place or an item is called in the lake (the card).
"""

from __future__ import annotations

import polars as pl

from ingest.card import Card
from ingest.formats import marked, measured, workbook
from ingest.parsing import ParseResult

LIMITS, NOTE = "检出限", "注"


def read(raw: bytes) -> pl.DataFrame:
    """The first sheet under ``name/unit``, below one row of title; UnreadableObjectError when it is no workbook."""
    return workbook.read(raw, 0, header_rows=2, skip_rows=1)


def long_rows(card: Card, table: pl.DataFrame, *, label_local: pl.Expr, **computed: pl.Expr) -> ParseResult:
    """A row a result. The row that begins with 检出限 holds the detection limits, one with 注 is a note.

    Raises:
        UnreadableObjectError: a required column is missing.
    """
    names = [name for name in table.columns if name != "line"]
    first = pl.col(names[0] if names else "line").cast(pl.String).str.strip_chars().fill_null("")
    limits = table.filter(first == LIMITS).tail(1).to_dicts()
    samples = table.filter((first != LIMITS) & ~first.str.starts_with(NOTE))
    found = marked.without_blanks(measured.by_card(card, samples, label_local=label_local, **computed))
    known = {name: str(limit) for row in limits for name, limit in row.items() if limit is not None}
    return marked.below_limit(found, known)


def sampled_on(name: str) -> pl.Expr:
    """A date cell, whether typed as a date or as text (``2026/3/5``, ``2026-03-05 00:00:00``)."""
    typed = pl.col(name).str.strip_chars().str.replace_all("[/.]", "-").str.extract(r"^(\d{4}-\d{1,2}-\d{1,2})")
    return typed.str.to_date("%Y-%m-%d", strict=False)
