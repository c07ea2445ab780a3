"""Parser of greenhouse-gas stations: a CSV with comment lines, a row a station, gas and hour."""

from __future__ import annotations

import polars as pl

from ingest.card import card_beside
from ingest.formats import delimited, records
from ingest.landing import LandedObject
from ingest.parsing import ParseResult

CARD = card_beside(__file__)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a station, gas and hour: the file is long already."""
    return records.by_card(
        CARD, delimited.read(raw, comment="#"), value=pl.col("mole_fraction"), label_local=records.moment("time_start")
    )
