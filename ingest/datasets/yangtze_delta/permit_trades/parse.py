"""Parser of shared permit trades: answers of the Delta gateway, records in each province's dialect."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import partner_share, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)
DIALECTS = {"320000": {"transferor": "seller", "transferee": "buyer"}}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a trade."""
    return partner_share.by_card(CARD, raw, DIALECTS, label_local=records.day("dealDate"))
