"""Bytes of the formats that simulated providers send: CSV, JSON, workbooks. Deterministic: same rows, same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter

EPOCH = datetime(2020, 1, 1)  # noqa: DTZ001 - a workbook's creation date has no zone


def csv_bytes(table: pl.DataFrame, *, encoding: str = "utf-8", line_end: str = "\n") -> bytes:
    """The table with a header; null is an empty cell."""
    return table.write_csv(line_terminator=line_end).encode(encoding)


def json_bytes(document: Any) -> bytes:
    """A document as an API sends it: compact, Chinese as such."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def workbook_bytes(
    sheets: dict[str, Sequence[Sequence[Any]]],
    merges: dict[str, Sequence[tuple[int, int, int, int, str]]] | None = None,
) -> bytes:
    """Rows of cells per sheet; ``merges``: (first row, first column, last row, last column, text), counted from 0."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": EPOCH})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for merge in (merges or {}).get(name, ()):
            sheet.merge_range(*merge)
    book.close()
    return buffer.getvalue()
