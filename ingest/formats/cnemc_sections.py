"""CNEMC's table of automatic water sections, a record a section and sampling time, in CSV and as HTML cells of its API.

Cells: a number; ``--`` no valid value; ``*`` no such instrument at the station; in the API ``<span title='原始值：…'>``
with the unrounded number, or a title with what was done to the value. Times have no year. Does not belong here: CSV or
JSON (the parsers).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from ingest.card import Card
from ingest.formats import measured
from ingest.landing import LandedObject
from ingest.parsing import REJECT_SCHEMA, ParseResult, UnreadableObjectError

PROVINCE, BASIN, SECTION, TIME, CLASS, STATUS = "省份", "流域", "断面名称", "监测时间", "水质类别", "站点情况"
NOT_MEASURED, NO_VALUE = "*", ("--", "*", "")
CLASSES = {"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "劣Ⅴ": "6"}
# ``2021-04-05.json`` speaks of a day, the folder ``2021-04`` of a month; the time alone says neither year.
NAMED = re.compile(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d)")


def latest(meta: LandedObject) -> datetime:
    """The last instant a file can speak of: one day after the day or month in its name, else in its path.

    Raises:
        UnreadableObjectError: neither says a year and month.
    """
    found = [*NAMED.finditer(meta.name)] or [*NAMED.finditer(meta.origin)]
    if not found:
        raise UnreadableObjectError(
            "no_year",
            f"times in the file have no year and neither its name nor its path says one: {meta.origin!r}; deliver it "
            "as <year>-<month>-<day>.json, or in a folder <year>-<month>",
        )
    year, month, day = (int(part) if part else 0 for part in found[-1].groups())
    days = monthrange(year, month)[1]
    return datetime(year, month, min(day or days, days)) + timedelta(days=2, microseconds=-1)  # noqa: DTZ001 - local


def text(cell: pl.Expr) -> pl.Expr:
    """A cell without its tags."""
    return cell.str.replace_all(r"<[^>]*>", "").str.strip_chars()


def titled(cell: pl.Expr, pattern: str) -> pl.Expr:
    """The first group of ``pattern`` in a cell's tooltip; null when there is none."""
    return cell.str.extract(r"title='([^']*)'").str.extract(pattern)


def long_rows(card: Card, table: pl.DataFrame, meta: LandedObject) -> ParseResult:
    """Values as rows; a record without time and values is set aside as ``no_observation``, it says only a status.

    Raises:
        UnreadableObjectError: no year in name or path, or a required column is missing.
    """
    last = latest(meta)
    if missing := [name for name in (PROVINCE, BASIN, SECTION, TIME, STATUS) if name not in table.columns]:
        raise UnreadableObjectError("unexpected_header", f"header has no column {missing}; found {table.columns[:8]}")
    items = [name for name in card.items.values() if name in table.columns]
    timeless = text(pl.col(TIME)).fill_null("").is_in(NO_VALUE)
    nothing = pl.all_horizontal(text(pl.col(name)).fill_null("").is_in([*NO_VALUE, "-"]) for name in items)
    is_idle = table.select(idle=timeless & nothing).get_column("idle") if items else pl.Series([False] * table.height)
    idle, table = table.filter(is_idle), table.filter(~is_idle)
    key = pl.concat_str([_spelt(pl.col(name)) for name in (PROVINCE, BASIN, SECTION)], separator="|")
    found = measured.by_card(
        card,
        table,
        station_code=key,
        section_name=text(pl.col(SECTION)),
        city_name=titled(pl.col(SECTION), "所在地市:([^&]*)") if "city_name" in _names(card) else None,
        river_name=titled(pl.col(SECTION), "所属河流:([^&]*)") if "river_name" in _names(card) else None,
        label_local=_dated(text(pl.col(TIME)), last),
    )
    rejects = idle.select(
        "line",
        reason=pl.lit("no_observation"),
        raw=pl.concat_str(
            [text(pl.col(name)).fill_null("") for name in (PROVINCE, BASIN, SECTION, STATUS)], separator="; "
        ),
    )
    return replace(found, rows=_values(card, found.rows), rejects=rejects.cast(REJECT_SCHEMA))


def _names(card: Card) -> set[str]:
    return {column.name for column in card.columns}


def _spelt(cell: pl.Expr) -> pl.Expr:
    """A name as part of a key: half-width brackets, no blanks, so that a typist's habit makes no new station."""
    return text(cell).str.normalize("NFKC").str.replace_all(r"\s", "")


def _dated(time: pl.Expr, last: datetime) -> pl.Expr:
    """``04-01 08:00`` in the last year in which it does not lie after ``last``."""
    years = (
        (pl.lit(f"{year}-") + time).str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us")
        for year in range(last.year, last.year - 5, -1)  # five: 02-29 is never further away
    )
    return pl.coalesce(pl.when(moment <= last).then(moment) for moment in years)


def _values(card: Card, rows: pl.DataFrame) -> pl.DataFrame:
    """Cells taken apart: the published number, the unrounded one, and what the agency says of it."""
    cell, status = pl.col("value"), pl.col("agency_flag")
    shown = text(cell)
    rows = rows.filter(~shown.fill_null("").is_in(["", NOT_MEASURED]))
    unrounded = {"original_value": titled(cell, "^原始值：(.*)$")} if "original_value" in _names(card) else {}
    note = titled(cell, "^([^：]+)$")
    return rows.with_columns(
        value=pl.when(pl.col("item") == CLASS).then(shown.replace(CLASSES)).otherwise(shown),
        agency_flag=pl.coalesce(note, text(status)),
        **unrounded,
    )
