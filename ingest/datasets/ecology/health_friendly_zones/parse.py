"""Parser of register of health-friendly zones: a workbook with a title line and two header rows."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import records, workbook
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a zone."""
    return records.by_card(CARD, workbook.read(raw, header_rows=2, skip_rows=1))
