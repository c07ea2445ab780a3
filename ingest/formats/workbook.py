"""Workbooks (xlsx, xls) as tables of text cells: sheets, merged headers, numbers as they were entered.

A workbook's numbers are binary doubles: the shortest text that reads back as the same double is what was typed in.
"""

from __future__ import annotations

import fastexcel
import polars as pl

from ingest.formats.delimited import unique_names
from ingest.parsing import UnreadableObjectError

MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def sheets(raw: bytes) -> list[str]:
    """Names of the sheets. Raises UnreadableObjectError when the bytes are no workbook."""
    return list(_open(raw).sheet_names)


def grid(raw: bytes, sheet: str | int = 0) -> pl.DataFrame:
    """All cells of a sheet as text, columns ``c0, c1 …``, with ``line`` = row number in the sheet (1-based).

    Raises:
        UnreadableObjectError: no workbook, no such sheet, or an empty one.
    """
    book = _open(raw)
    try:
        loaded = book.load_sheet(sheet, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
        cells = loaded.to_polars()
    except Exception as error:  # fastexcel's errors have no common public base
        raise UnreadableObjectError(
            "unreadable_sheet", f"sheet {sheet!r}: {error}; there are {book.sheet_names}"
        ) from error
    cells = cells.rename({name: f"c{number}" for number, name in enumerate(cells.columns)})
    return cells.with_row_index("line", offset=1).cast({"line": pl.Int64})


def read(raw: bytes, sheet: str | int = 0, *, header_rows: int = 1, skip_rows: int = 0) -> pl.DataFrame:
    """A sheet as text cells under its header; merged header cells are filled to the right and joined by ``/``.

    Raises:
        UnreadableObjectError: no workbook, no such sheet, or fewer rows than the header has.
    """
    cells = grid(raw, sheet)
    columns = [name for name in cells.columns if name != "line"]
    top = cells.slice(skip_rows, header_rows).select(columns)
    if top.height < header_rows:
        raise UnreadableObjectError(
            "no_header", f"sheet {sheet!r} has {cells.height} rows, the header needs {header_rows}"
        )
    names = unique_names(_joined(top))
    body = cells.slice(skip_rows + header_rows).rename(dict(zip(columns, names, strict=True)))
    return body.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names)) if names else body


def _joined(top: pl.DataFrame) -> list[str | None]:
    """Header rows as one: a blank cell right of a merged one belongs to it, except in the last row."""
    rows = [list(row) for row in top.iter_rows()]
    for row in rows[:-1]:
        for number in range(1, len(row)):
            row[number] = row[number] or row[number - 1]
    parts = zip(*rows, strict=True)
    return ["/".join(dict.fromkeys(" ".join(p.split()) for p in column if p and p.strip())) for column in parts]


def _open(raw: bytes) -> fastexcel.ExcelReader:
    if not raw.startswith(MAGIC):
        raise UnreadableObjectError("not_a_workbook", "the bytes are no xlsx or xls workbook")
    try:
        return fastexcel.read_excel(raw)
    except Exception as error:  # fastexcel's errors have no common public base
        raise UnreadableObjectError("damaged_workbook", f"the workbook cannot be opened: {error}") from error
