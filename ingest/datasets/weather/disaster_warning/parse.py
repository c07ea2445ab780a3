"""Parser of weather warnings: JSON records at data.warnings, a record a warning and its present state."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a warning; a later file says when it was lifted."""
    return records.by_card(CARD, json_records.read(raw, "data.warnings"), label_local=records.moment("issueTime"))
