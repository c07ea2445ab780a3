"""Parser of shared hourly air quality: answers of the Delta gateway, records in each province's dialect."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import partner_share, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)
DIALECTS = {
    "320000": {"stationId": "siteCode", "pm2_5": "pm25"},
    "340000": {"o3_1h": "o3"},  # since 2026-02-01
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a station, hour and item."""
    return partner_share.by_card(CARD, raw, DIALECTS, label_local=records.moment("dataTime"))
