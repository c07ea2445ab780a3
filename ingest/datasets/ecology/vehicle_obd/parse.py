"""Parser of on-board diagnostics of heavy diesel vehicles: a JSON API, records at data.rows."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per vehicle and day."""
    return records.by_card(CARD, json_records.read(raw, "data.rows"), label_local=records.day("day", "%Y%m%d"))
