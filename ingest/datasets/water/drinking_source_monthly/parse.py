"""Parser of the monthly report on drinking-water sources: table 1 of GB 3838 and five items of table 2."""

from __future__ import annotations

import polars as pl

from ingest.card import card_beside
from ingest.formats import lab_sheet
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)
DATE = "采样日期"


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a result."""
    return lab_sheet.long_rows(
        CARD,
        lab_sheet.read(raw),
        sampled_on=lab_sheet.sampled_on(DATE).cast(pl.String),
        label_local=lab_sheet.sampled_on(DATE).dt.truncate("1mo").cast(pl.Datetime("us")),
    )
