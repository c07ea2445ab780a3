"""Parser of waterside and bathing places: a CSV in GB 18030, a row a place and sampling."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, marked, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a value; rivers have no enterococci, beaches no coliforms: those cells are blank."""
    table = delimited.read(raw, encoding=CARD.delivery.encoding)
    return marked.without_blanks(measured.by_card(CARD, table, label_local=records.day("采样日期")))
