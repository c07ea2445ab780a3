"""Parser of the outlet register: which factor a data logger sends, of which outlet, in which unit."""

from __future__ import annotations

from ingest.landing import LandedObject
from ingest.parsing import ParseResult, decode, no_rejects, read_header, read_text_table

COLUMNS = {
    "mn": "mn",
    "factor": "factor",
    "kind": "kind",
    "factor_name": "factor_name",
    "unit": "unit",
    "enterprise": "enterprise",
    "credit_code": "credit_code",
    "outlet": "outlet",
    "medium": "medium",
    "minute_interval": "minute_interval_min",
    "region_code": "region_code",
    "valid_from": "valid_from",
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row per data logger, factor and kind of statistic."""
    text = decode(raw, "utf-8")
    table = read_text_table(text, read_header(text, list(COLUMNS)))
    return ParseResult(table.select("line", *COLUMNS).rename(COLUMNS), no_rejects())
