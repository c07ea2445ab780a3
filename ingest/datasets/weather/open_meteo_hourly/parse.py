"""Parser of Open-Meteo (forecast and ERA5 archive): JSON with a units block and one array a variable.

A unit other than the card's is refused, not converted: it means that somebody asked the API for something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from ingest.card import card_beside
from ingest.formats import json_records, marked, measured
from ingest.landing import LandedObject
from ingest.parsing import ParseResult, UnreadableObjectError

CARD = card_beside(__file__)
UNITS = {
    "temperature_2m": "°C",
    "dew_point_2m": "°C",
    "relative_humidity_2m": "%",
    "pressure_msl": "hPa",
    "surface_pressure": "hPa",
    "precipitation": "mm",
    "cloud_cover": "%",
    "wind_speed_10m": "m/s",
    "wind_direction_10m": "°",
    "wind_gusts_10m": "m/s",
    "shortwave_radiation": "W/m²",
    "boundary_layer_height": "m",
}


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """One row a value; ``line`` counts the hours of all places of the document."""
    document = json_records.load(raw)
    places = document if isinstance(document, list) else [document]
    tables = [_place(place) for place in places]
    if not tables:
        raise UnreadableObjectError("unexpected_json", "an empty list: no place, no weather")
    table = pl.concat(tables, how="diagonal")
    table = table.with_columns(line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    # local time of the place → UTC, the zone of the card
    offset = pl.duration(seconds=pl.col("utc_offset_seconds").cast(pl.Int32, strict=False))
    label = pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M", strict=False, time_unit="us") - offset
    return marked.without_blanks(measured.by_card(CARD, table, label_local=label))


def _place(place: Any) -> pl.DataFrame:
    """One place as a table of text: ``place``, ``time``, ``utc_offset_seconds``, a column a variable.

    Raises:
        UnreadableObjectError: the API's own error, no hourly block, arrays of several lengths, another unit.
    """
    if isinstance(place, Mapping) and place.get("error"):
        raise UnreadableObjectError("api_error", f"the API answered with an error: {place.get('reason')}")
    parts = [place.get(name) if isinstance(place, Mapping) else None for name in ("hourly", "hourly_units")]
    hourly, units = parts
    if not (isinstance(hourly, Mapping) and isinstance(units, Mapping) and isinstance(hourly.get("time"), list)):
        raise UnreadableObjectError("unexpected_json", "expected 'hourly' with 'time' and arrays, and 'hourly_units'")
    arrays = {name: cells for name, cells in hourly.items() if isinstance(cells, list)}
    if len({len(cells) for cells in arrays.values()}) != 1:
        lengths = {name: len(cells) for name, cells in arrays.items()}
        raise UnreadableObjectError("ragged_arrays", f"the arrays are not equally long: {lengths}")
    for name, unit in UNITS.items():
        if name in arrays and units.get(name) != unit:
            raise UnreadableObjectError(
                "unexpected_unit",
                f"{name} comes in {units.get(name)!r}, the card expects {unit!r}; ask the API for metric units with "
                "wind_speed_unit=ms",
            )
    table = pl.DataFrame([pl.Series(name, cells, dtype=pl.String, strict=False) for name, cells in arrays.items()])
    return table.with_columns(
        place=pl.lit(f"{place.get('latitude')},{place.get('longitude')}"),
        utc_offset_seconds=pl.lit(str(place.get("utc_offset_seconds"))),
    )
