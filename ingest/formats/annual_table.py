"""Tables of yearbooks and bulletins: a workbook with a title row, grouped headers and footnotes below the body."""

from __future__ import annotations

import polars as pl

from ingest.card import Card
from ingest.formats import records, regions, workbook
from ingest.parsing import ParseResult

YEAR = "年份"
NOTE = r"^\s*(注|资料来源|数据来源|说明)\s*[:：]?"


def of_regions(card: Card, raw: bytes, region: str) -> ParseResult:
    """One row a region: two header rows, the year in the title only, names of the province's regions in one column.

    Raises:
        UnreadableObjectError: no workbook, or a required column is missing.
    """
    year = pl.lit(year_of_title(raw), dtype=pl.String)
    table = read(raw, header_rows=2).with_columns(year.alias(YEAR))
    return records.by_card(card, table, label_local=records.year(YEAR), region_code=regions.code_in_zhejiang(region))


def read(raw: bytes, sheet: str | int = 0, *, header_rows: int = 1, skip_rows: int = 1) -> pl.DataFrame:
    """The body as text cells under its header; a line whose first cell begins a footnote is no record.

    Raises:
        UnreadableObjectError: no workbook, or no header.
    """
    table = workbook.read(raw, sheet, header_rows=header_rows, skip_rows=skip_rows)
    first = next((name for name in table.columns if name != "line"), None)
    return table if first is None else table.filter(~pl.col(first).str.contains(NOTE).fill_null(value=False))


def year_of_title(raw: bytes) -> str | None:
    """The first ``2024年`` in the first row: a table of one year names it in the title only."""
    top = workbook.grid(raw).drop("line").head(1)
    words = " ".join(cell for row in top.iter_rows() for cell in row if cell)
    found = pl.Series([words]).str.extract(r"((?:19|20)\d{2})\s*年")[0]
    return None if found is None else str(found)
