"""Parser of catalogue of satellite products: a JSON API, records at result.features."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a product."""
    return records.by_card(
        CARD, json_records.read(raw, "result.features"), label_local=records.moment("acquired", "%Y-%m-%dT%H:%M:%S")
    )
