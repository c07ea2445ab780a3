"""True rows as a provider publishes them: under its headers, in its format, with the faults providers make.

Used by ``simulate.py`` beside wide cards. Does not belong here: where the numbers come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from ingest.card import Card
from ingest.simulate.feeds import Feed
from ingest.simulate.writing import csv_bytes, json_bytes, workbook_bytes

# Text cells under the provider's headers, and which of them are numbers.
Writer = Callable[[pl.DataFrame, Sequence[str]], bytes]
UNDATED = "待核实"


def feed(
    card: Card,
    name: str,
    rows: pl.DataFrame,
    writer: Writer,
    *,
    label: tuple[str, str] | None = None,
    blank: str | None = None,
    repeated: int = 0,
    mistyped: tuple[str, int] | None = None,
    undated: int = 0,
    unkeyed: int = 0,
) -> Feed:
    """One file of ``rows``: the card's columns and, for dated data, ``start`` (local date or date-time).

    ``label``: (header, form) of the time label; ``blank``: what a number that is missing is printed as. Faults:
    ``repeated`` first rows stand again at the end; of the last rows ``mistyped`` (column, count) a version with a 1 too
    many comes before; copies of ``undated`` first rows have no readable label, of ``unkeyed`` ones no first key column.
    """
    zone = card.time.zone if card.time else "Asia/Shanghai"
    text = rows.with_columns(_text(c.name, c.type) for c in card.columns)
    headers = {c.name: c.source_name for c in card.columns if c.source_name is not None}
    numbers = [headers[c.name] for c in card.columns if c.type in ("decimal", "integer") and c.name in headers]

    def page(part: pl.DataFrame) -> pl.DataFrame:
        cells = part.select(
            **({label[0]: pl.col("start").dt.strftime(label[1])} if label else {}),
            **{theirs: pl.col(ours) for ours, theirs in headers.items()},
        )
        return cells.with_columns(pl.col(numbers).fill_null(blank)) if blank is not None else cells

    body = page(text)
    wrong = body.tail(mistyped[1]) if mistyped else body[:0]
    if mistyped is not None:
        wrong = wrong.with_columns(pl.format("1{}", headers[mistyped[0]]).alias(headers[mistyped[0]]))
    again, dateless, keyless = body.head(repeated), body.head(undated), body.head(unkeyed)
    if label is not None:
        dateless = dateless.with_columns(pl.lit(UNDATED).alias(label[0]))
    if unkeyed:
        keyless = keyless.with_columns(pl.lit(None, dtype=pl.String).alias(headers[card.key[0]]))
    refused = {"time_unreadable": dateless.height, f"missing_{card.key[0]}": keyless.height}
    twice = {"duplicate_identical": again.height, "duplicate_replaced": wrong.height}
    return Feed(
        name,
        writer(pl.concat([wrong, body, again, dateless, keyless]), numbers),
        _truth(card, text, zone),
        {reason: n for reason, n in refused.items() if n},
        {reason: n for reason, n in twice.items() if n},
    )


def as_csv(encoding: str = "utf-8", line_end: str = "\n") -> Writer:
    """Delimited text."""
    return lambda table, numbers: csv_bytes(table, encoding=encoding, line_end=line_end)


def as_json(table: pl.DataFrame, numbers: Sequence[str]) -> bytes:
    """The envelope of the province's data platform: every value a string, missing ones null."""
    return json_bytes(
        {"code": "200", "message": "success", "data": {"total": table.height, "records": table.to_dicts()}}
    )


def as_workbook(sheet: str, title: str = "", notes: Sequence[str] = (), *, grouped: bool = False) -> Writer:
    """One sheet: title, header, body, footnotes; ``grouped``: ``用水量/农业`` is 农业 below the merged 用水量."""

    def write(table: pl.DataFrame, numbers: Sequence[str]) -> bytes:
        numeric = {table.columns.index(name) for name in numbers}
        cells = [[_cell(v, n in numeric) for n, v in enumerate(row)] for row in table.rows()]
        head: list[list[Any]] = [[title]] if title else []
        merges: list[tuple[int, int, int, int, str]] = []
        names = table.columns
        if grouped:
            groups = [name.partition("/")[0] for name in table.columns]
            first = [n for n, group in enumerate(groups) if n == 0 or groups[n - 1] != group]
            last = [n - 1 for n in [*first[1:], len(groups)]]
            merges = [(len(head), a, len(head), z, groups[a]) for a, z in zip(first, last, strict=True) if z > a]
            head.append([group if n in first else None for n, group in enumerate(groups)])
            names = [name.rpartition("/")[2] for name in names]
        return workbook_bytes({sheet: [*head, names, *cells, *([note] for note in notes)]}, {sheet: merges})

    return write


def local_instant(start: pl.Expr, zone: str) -> pl.Expr:
    """Local dates or wall-clock times as UTC instants."""
    return start.cast(pl.Datetime("us")).dt.replace_time_zone(zone).dt.convert_time_zone("UTC")


def _truth(card: Card, text: pl.DataFrame, zone: str) -> pl.DataFrame:
    names = [c.name for c in card.columns]
    truth = text.select(*names, *(["start"] if card.time else [])).with_columns(
        *(pl.col(c.name).str.to_date() for c in card.columns if c.type == "date"),
        *(local_instant(pl.col(c.name).str.to_datetime(), zone) for c in card.columns if c.type == "datetime"),
    )
    if card.time is None:
        return truth
    return truth.with_columns(interval_start_at=local_instant(pl.col("start"), zone)).drop("start")


def _text(name: str, kind: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S") if kind == "datetime" else pl.col(name).cast(pl.String)


def _cell(text: str | None, numeric: bool) -> float | str | None:
    """A number is entered as a number, what stands for a missing one as text."""
    if text is None or not numeric:
        return text
    try:
        return float(text)
    except ValueError:
        return text
