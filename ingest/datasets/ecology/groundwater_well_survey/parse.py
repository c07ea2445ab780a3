"""Parser of groundwater wells: CSV in GB 18030."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per well, item and sampling."""
    return measured.by_card(
        CARD,
        delimited.read(raw, encoding=CARD.delivery.encoding),
        label_local=records.moment("采样时间", "%Y-%m-%d %H:%M"),
    )
