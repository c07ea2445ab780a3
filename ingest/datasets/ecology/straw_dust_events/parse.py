"""Parser of straw fires, dumped waste, damage to nature, dust from sites: a JSON API, records at data.events."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row an event."""
    return records.by_card(CARD, json_records.read(raw, "data.events"), label_local=records.moment("foundAt"))
