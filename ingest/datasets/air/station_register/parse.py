"""Parser of the station list: ``code,name,city,province,lon,lat,source``."""

from __future__ import annotations

from ingest.landing import LandedObject
from ingest.parsing import ParseResult, decode, no_rejects, read_header, read_text_table

COLUMNS = {
    "code": "station_code",
    "name": "station_name",
    "city": "city",
    "province": "province",
    "lon": "lon_deg",
    "lat": "lat_deg",
    "source": "origin",
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a station."""
    text = decode(raw, "utf-8")
    table = read_text_table(text, read_header(text, list(COLUMNS)))
    return ParseResult(table.select("line", *COLUMNS).rename(COLUMNS), no_rejects())
