"""Parser of hourly noise at functional-zone points: a JSON API, records at data.list."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per point, item and hour."""
    return measured.by_card(CARD, json_records.read(raw, "data.list"), label_local=records.moment("time"))
