"""Parser of shared four-hourly water quality: answers of the Delta gateway, records in each province's dialect."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import partner_share, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)
DIALECTS = {
    "320000": {"stationId": "siteCode", "nh3_n": "nh3n"},
    "340000": {"totalP": "tp"},  # since 2026-02-01
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a station, four hours and item."""
    return partner_share.by_card(CARD, raw, DIALECTS, label_local=records.moment("dataTime"))
