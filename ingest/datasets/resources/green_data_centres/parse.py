"""Parser of energy efficiency of data centres."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a record."""
    return records.by_card(CARD, json_records.read(raw, "data.records"), label_local=records.month("month"))
