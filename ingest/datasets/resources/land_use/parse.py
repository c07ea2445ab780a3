"""Parser of the yearly land survey: CSV in GB 18030, one line a county."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a county and year."""
    return records.by_card(CARD, delimited.read(raw, encoding="gb18030"), label_local=records.year("年份"))
