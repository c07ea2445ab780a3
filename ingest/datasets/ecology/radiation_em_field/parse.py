"""Parser of electromagnetic field survey: CSV in GB 18030."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per point, item and visit."""
    table = delimited.read(raw, encoding=CARD.delivery.encoding)
    return measured.by_card(CARD, table, label_local=records.moment("监测时间", "%Y-%m-%d %H:%M"))
