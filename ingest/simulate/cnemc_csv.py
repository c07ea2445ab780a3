"""The wide CSV of CNEMC's station data: ``date,hour,type,<station>…``, 15 rows an hour, empty cell = missing.

Copies the form of the real files with three of their faults on demand: a last line cut inside a number
(china_sites_20190220.csv), a station column twice (20190601), and a row twice. What the values are is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from catalog.lake import atomic_path
from ingest.simulate.items import MISSING, SERIES, SERIES_INDEX, Mask, Tenths

INDEX_COLUMNS = ("date", "hour", "type")
CUT_AT_SHARE = 0.6
REPEATED_HOUR, REPEATED_SERIES = 7, "PM10"


@dataclass(frozen=True)
class WideFile:
    """One file to write: the days of its labels, and its faults.

    Daily files have the line ends of the provider's originals (CRLF, none after the last line), monthly files LF.
    """

    name: str
    first: date
    last: date
    monthly: bool
    cut_off: bool = False
    repeated_row: bool = False
    doubled_station: str | None = None


@dataclass(frozen=True)
class Written:
    """What a file holds: non-empty cells, and the stations whose last value was cut off (the first of them in part)."""

    values: int
    cut_stations: tuple[str, ...] = ()


def write_wide(
    folder: Path,
    file: WideFile,
    published: Tenths,
    *,
    labels: npt.NDArray[np.datetime64],
    absent_hour: Mask,
    codes: list[str],
) -> Written:
    """Write one file from ``[hour, station, series]``; hours marked absent get no rows."""
    table = _table(published, labels, absent_hour, codes)
    columns = [*INDEX_COLUMNS, *codes]
    if file.doubled_station is not None:
        table = table.with_columns(pl.col(file.doubled_station).alias("again"))
        columns.append(file.doubled_station)
    if file.repeated_row:
        row = (REPEATED_HOUR * len(SERIES)) + SERIES_INDEX[REPEATED_SERIES]
        table = pl.concat([table[: row + 1], table[row:]])
    values = int(np.sum(table.drop(INDEX_COLUMNS).count().row(0)))
    text = ",".join(columns) + "\n" + table.write_csv(include_header=False)
    cut: tuple[str, ...] = ()
    if not file.monthly:
        text = text.rstrip("\n").replace("\n", "\r\n")
    if file.cut_off:
        text, cut, lost = _cut(text, columns)
        values -= lost
    with atomic_path(folder / file.name) as temporary:
        temporary.write_bytes(text.encode())
    return Written(values, cut)


def plain_number(tenths: pl.Expr) -> pl.Expr:
    """Tenths as text without needless zeros: 350 → ``35``, 7 → ``0.7``, MISSING → null."""
    size = tenths.abs()
    whole = pl.when(tenths < 0).then(pl.lit("-")).otherwise(pl.lit("")) + (size // 10).cast(pl.String)
    number = pl.when(size % 10 == 0).then(whole).otherwise(whole + "." + (size % 10).cast(pl.String))
    return pl.when(tenths != MISSING).then(number)


def _table(published: Tenths, labels: npt.NDArray[np.datetime64], absent_hour: Mask, codes: list[str]) -> pl.DataFrame:
    present = published[~absent_hour]
    cells = present.transpose(0, 2, 1).reshape(-1, len(codes))
    hours = pl.Series(labels[~absent_hour].astype("M8[ms]"))
    index = pl.DataFrame({"date": hours.dt.strftime("%Y%m%d"), "hour": hours.dt.hour().cast(pl.String)})
    types = pl.Series("type", [s.csv for s in SERIES] * len(hours))
    rows = np.repeat(np.arange(len(hours)), len(SERIES))
    numbers = pl.DataFrame(cells, schema=codes, orient="row").select(plain_number(pl.col(c)).alias(c) for c in codes)
    return index[rows].with_columns(types).hstack(numbers)


def _cut(text: str, columns: list[str]) -> tuple[str, tuple[str, ...], int]:
    """End the text inside a number of its last line; returns it, the stations hit, and how many values went whole."""
    body, line_end, last_line = text.rpartition("\r\n")
    fields = last_line.split(",")
    place = int(CUT_AT_SHARE * len(fields))
    while len(fields[place]) < len("0.7"):
        place -= 1
    kept = [*fields[:place], fields[place][:-1]]
    lost = sum(1 for field in fields[place + 1 :] if field)
    return f"{body}{line_end}{','.join(kept)}", tuple(columns[place:]), lost
