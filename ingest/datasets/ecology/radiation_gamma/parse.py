"""Parser of five-minute ambient gamma dose rate: a JSON API, records at result.data."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per station, item and five minutes."""
    return measured.by_card(
        CARD, json_records.read(raw, "result.data"), label_local=records.moment("dataTime", "%Y-%m-%dT%H:%M:%S")
    )
