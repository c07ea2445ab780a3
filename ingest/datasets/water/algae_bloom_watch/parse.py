"""Parser of the bloom watch: a CSV, a row a lake and day, from sampling and from satellites."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, marked, measured, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a value; a blank cell means that nobody sampled or no satellite passed on that day."""
    return marked.without_blanks(measured.by_card(CARD, delimited.read(raw), label_local=records.day("日期")))
