"""Parser of the live API's GeoJSON: one feature a station, every number a string, one hour a file."""

from __future__ import annotations

import json

import polars as pl

from ingest.landing import LandedObject
from ingest.parsing import ParseResult, UnreadableObjectError, decode, no_rejects

MEASURES = (
    *("aqi", "pm2_5", "pm2_5_24h", "pm10", "pm10_24h", "so2", "so2_24h", "no2", "no2_24h"),
    *("o3", "o3_24h", "o3_8h", "o3_8h_24h", "co", "co_24h"),
)


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """Every cell that holds text as a row ``station_code, item, value, label_local, line`` (line = feature number)."""
    text = decode(raw, "utf-8")
    try:
        payload = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableObjectError(
            "broken_json",
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}; download cut short?",
        ) from error
    features = payload.get("features") if isinstance(payload, dict) else None
    if not isinstance(features, list) or not features:
        raise UnreadableObjectError("unexpected_structure", "no list 'features' in the document")
    fields = ("stationcode", "timepoint", *MEASURES)
    records = [f.get("properties") or {} for f in features]
    table = pl.DataFrame(
        {name: [_text(r.get(name)) for r in records] for name in fields},
        schema=dict.fromkeys(fields, pl.String),
    )
    cells = (
        table.with_row_index("line", offset=1)
        .with_columns(
            pl.col("line").cast(pl.Int64),
            label_local=pl.col("timepoint").str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us"),
        )
        .rename({"stationcode": "station_code"})
        .drop("timepoint")
        .unpivot(
            index=["line", "label_local", "station_code"],
            on=MEASURES,
            variable_name="item",
            value_name="value",
        )
        .filter(pl.col("value").is_not_null() & (pl.col("value") != ""))
    )
    return ParseResult(cells, no_rejects())


def _text(value: object) -> str | None:
    """The API sends strings; a provider that starts to send numbers is read the same way."""
    return None if value is None else str(value)
