"""Parser of dismantling of waste electrical equipment: a workbook with a title line and two header rows."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import records, workbook
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per firm, product and month."""
    return records.by_card(CARD, workbook.read(raw, header_rows=2, skip_rows=1), label_local=records.month("月份"))
