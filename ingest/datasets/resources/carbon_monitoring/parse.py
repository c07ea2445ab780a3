"""Parser of CO2 on-line monitoring: a line an outlet and day, its three quantities side by side."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row an outlet, day and quantity."""
    return measured.by_card(CARD, delimited.read(raw), label_local=records.day("日期"))
