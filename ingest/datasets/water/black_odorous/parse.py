"""Parser of inspections of black and odorous waters: a CSV, a row a water body and inspection."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row an inspection, with the water body's entry in the register."""
    return records.by_card(CARD, delimited.read(raw), label_local=records.day("巡查日期"))
