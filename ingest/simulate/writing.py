"""Bytes of the formats that simulated providers send: CSV, JSON, workbooks. Deterministic: same rows, same bytes.

``*_bytes`` write what they are given; ``as_*`` make a :data:`Writer` for ``published.feed``. Does not belong here:
what a table holds, or what is wrong with it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, Literal

import polars as pl
import xlsxwriter

EPOCH = datetime(2020, 1, 1)  # noqa: DTZ001 - a workbook's creation date has no zone
# Text cells under the provider's headers, and which columns are numbers → a file.
Writer = Callable[[pl.DataFrame, frozenset[str]], bytes]
Merge = tuple[int, int, int, int, str]
OK = MappingProxyType({"code": 200, "msg": "ok"})


def csv_bytes(table: pl.DataFrame, *, encoding: str = "utf-8", line_end: str = "\n") -> bytes:
    """The table with a header; null is an empty cell."""
    return table.write_csv(line_terminator=line_end).encode(encoding)


def json_bytes(document: Any) -> bytes:
    """A document as an API sends it: compact, Chinese as such."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def workbook_bytes(
    sheets: dict[str, Sequence[Sequence[Any]]], merges: dict[str, Sequence[Merge]] | None = None
) -> bytes:
    """Rows of cells per sheet; ``merges``: (first row, first column, last row, last column, text), counted from 0."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": EPOCH})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for merge in (merges or {}).get(name, ()):
            sheet.merge_range(*merge)
    book.close()
    return buffer.getvalue()


def as_csv(encoding: str = "utf-8", line_end: str = "\n") -> Writer:
    """Delimited text."""
    return lambda table, numbers: csv_bytes(table, encoding=encoding, line_end=line_end)


def as_json(
    path: str = "data.rows", head: Mapping[str, Any] = OK, *, count: str = "total", as_text: bool = False
) -> Writer:
    """An API's answer: records at a dotted path, how many there are beside them; ``as_text``: numbers are strings."""

    def write(table: pl.DataFrame, numbers: frozenset[str]) -> bytes:
        columns = _cells(table, frozenset() if as_text else numbers)
        rows = [dict(zip(table.columns, cells, strict=True)) for cells in zip(*columns, strict=True)]
        *outer, last = path.split(".")
        document: dict[str, Any] = {count: len(rows), last: rows}
        for step in reversed(outer):
            document = {step: document}
        return json_bytes({**head, **document})

    return write


def as_platform_json() -> Writer:
    """The envelope of the province's data platform: every value a string, missing ones null."""
    return as_json("data.records", {"code": "200", "message": "success"}, as_text=True)


def as_workbook(
    sheet: str, title: str = "", notes: Sequence[str] = (), *, header: Literal["flat", "grouped", "merged"] = "flat"
) -> Writer:
    """One sheet: title, header, body, footnotes.

    ``header``: ``flat``, the names in one row; ``grouped``, in two, where ``用水量/农业`` is 农业 below 用水量;
    ``merged``, in two, where the title and what belongs to no group are merged over all their cells, too.
    """

    def write(table: pl.DataFrame, numbers: frozenset[str]) -> bytes:
        top: list[list[Any]] = [[title]] if title else []
        merges: list[Merge] = []
        if header == "flat":
            top.append(table.columns)
        else:
            names, merges = _two_rows(table.columns, len(top), is_merged=header == "merged")
            top += names
        if header == "merged" and table.width > 1:
            merges.insert(0, (0, 0, 0, table.width - 1, title))
        body = zip(*_cells(table, numbers), strict=True)
        return workbook_bytes({sheet: [*top, *body, *([note] for note in notes)]}, {sheet: merges})

    return write


def _two_rows(names: Sequence[str], row: int, *, is_merged: bool) -> tuple[list[list[Any]], list[Merge]]:
    """Two header rows from ``row`` on, and what is merged in them."""
    group, below = ([name.partition("/")[part] for name in names] for part in (0, 2))
    runs = [list(run) for _, run in groupby(range(len(names)), key=group.__getitem__)]
    across: list[Merge] = [(row, run[0], row, run[-1], group[run[0]]) for run in runs if len(run) > 1]
    if not is_merged:
        first = {run[0] for run in runs}
        return [
            [name if n in first else None for n, name in enumerate(group)],
            [name or group[n] for n, name in enumerate(below)],
        ], across
    down: list[Merge] = [(row, n, row + 1, n, group[n]) for n, name in enumerate(below) if not name]
    return [group, [name or None for name in below]], sorted([*across, *down], key=lambda merge: merge[1])


def _cells(table: pl.DataFrame, numbers: frozenset[str]) -> list[list[Any]]:
    """The columns' cells: text in the columns of numbers is a number where it is one."""
    return [_numbers(table[name]) if name in numbers else table[name].to_list() for name in table.columns]


def _numbers(column: pl.Series) -> list[Any]:
    read = column.cast(pl.Float64, strict=False)
    return [
        text if number is None else int(number) if "." not in text else number
        for text, number in zip(column.to_list(), read.to_list(), strict=True)
    ]
