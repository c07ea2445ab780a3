"""Parser of the yearly forest table: a workbook with a title and a footnote."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import annual_table, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a county and year."""
    return records.by_card(CARD, annual_table.read(raw), label_local=records.year("年份"))
