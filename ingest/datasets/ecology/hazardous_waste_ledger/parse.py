"""Parser of monthly ledger of hazardous waste: CSV in GB 18030."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per unit, waste code and month."""
    return records.by_card(
        CARD, delimited.read(raw, encoding=CARD.delivery.encoding), label_local=records.month("所属月份")
    )
