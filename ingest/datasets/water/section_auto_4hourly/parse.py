"""Parser of the automatic sections' CSV: a file a section and month, the year in the folder's name."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import cnemc_sections, delimited
from ingest.landing import LandedObject
from ingest.parsing import ParseResult


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a value that the section's instruments can give; ``*`` means it has none for this item."""
    return cnemc_sections.long_rows(card_beside(__file__), delimited.read(raw), meta)
