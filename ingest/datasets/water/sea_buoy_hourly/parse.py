"""Parser of the buoys' interface: JSON records at data.list, a record a buoy and hour."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import json_records, marked, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a value; an item a buoy has no probe for is null or missing in its records."""
    table = json_records.read(raw, "data.list")
    return marked.without_blanks(measured.by_card(CARD, table, label_local=records.moment("time")))
