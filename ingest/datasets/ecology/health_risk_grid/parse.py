"""Parser of grid of environmental health risk: CSV."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per cell and year."""
    return records.by_card(CARD, delimited.read(raw), label_local=records.year("年度"))
