"""Parser of published administrative penalties: CSV in GB 18030."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a decision."""
    return records.by_card(
        CARD, delimited.read(raw, encoding=CARD.delivery.encoding), label_local=records.day("处罚日期")
    )
