"""Parser of the yearbook's table by city: merged headers, the year in the title, footnotes below."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import annual_table
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a region; the province's line is a region too."""
    return annual_table.of_regions(CARD, raw, region="地区")
