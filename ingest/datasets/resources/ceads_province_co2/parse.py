"""Parser of CEADs' provincial inventories: a sheet a province, headers and total line named anew in 2018."""

from __future__ import annotations

import re

import polars as pl

from ingest.card import card_beside
from ingest.formats import delimited, records, workbook
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, UnreadableObjectError

CARD = card_beside(__file__)
SHEET = re.compile(r"^([A-Za-z]+?)((?:19|20)\d{2})$")
TOTALS = ["Total Consumption", "Total Emissions", "TotalEmissions"]
HEADS = {n.replace("_", "").lower(): n for n in (c.source_name for c in CARD.columns) if n}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a province and sector. ``line`` counts on through the sheets, in their order."""
    found = [(name, SHEET.match(name)) for name in workbook.sheets(raw)]
    sheets = [_sheet(workbook.grid(raw, name), match[1], match[2]) for name, match in found if match]
    if not sheets:
        raise UnreadableObjectError(
            "unexpected_sheets", f"no sheet named like Zhejiang2019; found {[n for n, _ in found]}"
        )
    table = pl.concat(sheets, how="diagonal").with_columns(line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return records.by_card(CARD, table, label_local=records.year("year"))


def _sheet(cells: pl.DataFrame, province: str, year: str) -> pl.DataFrame:
    """Lines below the header, the units and a blank one; 2017 and later spell the header differently."""
    columns = [name for name in cells.columns if name != "line"]
    heads = ["label", *delimited.unique_names([_head(cell) for cell in cells.select(columns[1:]).row(0)])]
    body = cells[3:].drop("line").rename(dict(zip(columns, heads, strict=True)))
    label = pl.col("label").str.strip_chars()
    return body.filter(pl.any_horizontal(pl.all().is_not_null())).with_columns(
        sheet=pl.lit(province),
        year=pl.lit(year),
        label=label,
        sector=pl.when(label.is_in(TOTALS)).then(pl.lit("Total")).otherwise(label),
    )


def _head(cell: str | None) -> str | None:
    """A header by the card's spelling: 2017 writes ``Raw Coal`` where 2018 writes ``Raw_Coal``."""
    return None if cell is None else HEADS.get(re.sub(r"[\s_]", "", cell).lower(), cell)
