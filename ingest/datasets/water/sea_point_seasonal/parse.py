"""Parser of the seasonal survey of nearshore points: items of GB 3097, a row a point and voyage."""

from __future__ import annotations

import polars as pl

from ingest.card import card_beside
from ingest.formats import lab_sheet
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)
DATE = "采样日期"


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a result; the time is the day of sampling, ``season`` the survey it belongs to."""
    return lab_sheet.long_rows(
        CARD,
        lab_sheet.read(raw),
        label_local=lab_sheet.sampled_on(DATE).cast(pl.Datetime("us")),
    )
