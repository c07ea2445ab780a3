"""Parser of CNEMC's national wide CSV: ``date,hour,type,<station>,<station>…``, 15 types an hour.

Structure only. Known shapes: station columns come and go between files, a station column may stand twice, the last
line may be cut off in the middle of a number.
"""

from __future__ import annotations

import polars as pl

from ingest.landing import LandedObject
from ingest.parsing import ParseResult, decode, no_rejects, read_header, read_text_table

INDEX = ["line", "label_local", "item"]


def parse(raw: bytes, meta: LandedObject) -> ParseResult:
    """Non-empty cells as rows ``station_code, item, value, label_local, line``.

    A station column that stands twice gives two rows per hour: the door counts the second as a duplicate.
    """
    text = decode(raw, "utf-8")
    header = read_header(text, ["date", "hour", "type"])
    names = [_unique(name, header[:i].count(name)) for i, name in enumerate(header)]
    table = read_text_table(text, names, quoted=False)
    stations = [name for name in names if name not in ("date", "hour", "type")]
    dated = table.with_columns(label_local=_label(), item="type").drop("date", "hour", "type")
    cells = dated.unpivot(index=INDEX, on=stations, variable_name="station_code", value_name="value").filter(
        pl.col("value").is_not_null() & (pl.col("value") != "")
    )
    if len(set(header)) < len(header):
        cells = cells.with_columns(pl.col("station_code").str.replace(r"#\d+$", ""))
    cut = _cut_cell(text, names, table.height + 1)
    if cut is None:
        return ParseResult(cells, no_rejects())
    column, line = cut
    is_cut = (pl.col("line") == line) & (pl.col("station_code") == column.split("#")[0])
    rejects = cells.filter(is_cut).select(
        "line",
        reason=pl.lit("cut_off_value"),
        raw=pl.concat_str("station_code", pl.lit(" "), "item", pl.lit(" "), "value"),
    )
    return ParseResult(cells.filter(~is_cut), rejects)


def _unique(name: str, earlier: int) -> str:
    return f"{name}#{earlier}" if earlier else name


def _label() -> pl.Expr:
    """``date`` (YYYYMMDD) and ``hour`` (0–23) as a naive local label; null when either is unreadable."""
    hour = pl.col("hour").cast(pl.Int8, strict=False)
    readable = pl.when(hour.is_between(0, 23)).then(hour)
    return pl.col("date").str.to_datetime("%Y%m%d", strict=False, time_unit="us") + pl.duration(hours=readable)


def _cut_cell(text: str, names: list[str], last_line: int) -> tuple[str, int] | None:
    """The last cell of a file that ends inside a line: its number may have lost digits."""
    if text.endswith("\n"):
        return None
    fields = text[text.rfind("\n") + 1 :].count(",") + 1
    return (names[fields - 1], last_line) if 3 < fields < len(names) else None
