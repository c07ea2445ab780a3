"""Parser of daily city forecasts beside what was observed: a CSV in GB 18030, a row a city, issue and day ahead."""

from __future__ import annotations

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a forecast of one day."""
    table = delimited.read(raw, encoding=CARD.delivery.encoding)
    return records.by_card(CARD, table, label_local=records.day("起报日期"))
