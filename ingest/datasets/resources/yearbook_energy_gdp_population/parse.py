"""Parser of the yearbook's table by city: merged headers, the year in the title, footnotes below."""

from __future__ import annotations

import polars as pl

from ingest.card import card_beside
from ingest.formats import annual_table, records, regions
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a region; the province's line is a region too."""
    table = annual_table.read(raw, header_rows=2)
    table = table.with_columns(pl.lit(annual_table.year_of_title(raw), dtype=pl.String).alias("年份"))
    return records.by_card(
        CARD,
        table,
        label_local=records.year("年份"),
        region_code=regions.code_in_zhejiang("地区"),
    )
