"""Parser of the water resources bulletin: a workbook with grouped headers whose year stands in its title only."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import annual_table
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a region; the province's line is a region too."""
    return annual_table.of_regions(CARD, raw, region="行政分区")
