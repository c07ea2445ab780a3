"""Parser of daily carbon market quotes: CSV, a line a product and trading day."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a product and trading day."""
    return records.by_card(CARD, delimited.read(raw), label_local=records.day("日期"))
