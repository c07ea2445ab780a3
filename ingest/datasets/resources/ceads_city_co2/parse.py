"""Parser of CEADs' city inventory: the long sheet ``emission vector`` (ID, city, year, emission)."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import records, regions, workbook
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a city and year; the wide sheet ``emission matrix`` says the same and is left."""
    table = workbook.read(raw, "emission vector")
    return records.by_card(CARD, table, label_local=records.year("year"), region_code=regions.code_in_delta("city"))
