"""What simulated ledgers and events share: places, firms, times, numbers as text, and a file with known faults.

A simulator makes the true rows under the card's names; :func:`send` writes them as the provider would and puts the
usual faults in: a row sent twice, an earlier state of a record above the present one, a record that cannot be used.
Does not belong here: any dataset's numbers (``simulate.py`` beside its card).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.card import Card
from ingest.fields import INTERVALS
from ingest.simulate.enterprises import counties_of, enterprises
from ingest.simulate.feeds import Feed, World
from ingest.simulate.long_tables import number_text
from ingest.simulate.writing import csv_bytes, json_bytes, workbook_bytes

DAYS_PER_YEAR = 365.25
ZONE = "Asia/Shanghai"
MOMENT = "%Y-%m-%d %H:%M:%S"
Cells = Callable[[pl.DataFrame, frozenset[str]], bytes]


def counties(world: World) -> pl.DataFrame:
    """The province's counties (``region_code, region_name, city_code``), spread evenly when few are wanted."""
    return counties_of(world).rename({"county": "region_name"})


def city_codes(world: World) -> list[str]:
    """Codes of the eleven cities."""
    return [city.adcode for city in world.cities]


def firms(world: World, count: int) -> pl.DataFrame:
    """The first of the simulated firms (``credit_code, firm_name, region_code, industry``): the same everywhere."""
    table = enterprises(world, world.some(count))
    return table.select("credit_code", "region_code", firm_name="enterprise", industry="sector")


def how_many(world: World, per_year: float, *, least: int = 8) -> int:
    """Events of the whole period when ``per_year`` happen in the whole province."""
    return max(least, round(per_year * world.scale * world.days.len() / DAYS_PER_YEAR))


def moments(world: World, rng: np.random.Generator, count: int, hours: tuple[int, int] = (0, 24)) -> pl.Series:
    """Ordered whole minutes within the period, local, between two hours of the day."""
    day = np.sort(rng.integers(0, world.days.len(), count))
    minute = rng.integers(hours[0] * 60, hours[1] * 60, count)
    origin = np.datetime64(world.first, "us")
    return pl.Series("at", origin + day * np.timedelta64(1, "D") + minute * np.timedelta64(1, "m")).sort()


def later(at: pl.Series, rng: np.random.Generator, mean_hours: float, least_hours: float = 0.2) -> pl.Series:
    """Each moment plus an exponential delay, whole minutes."""
    minutes = np.rint(60 * (least_hours + rng.exponential(mean_hours, at.len()))).astype(np.int64)
    return at + pl.Series(minutes * 60_000_000).cast(pl.Duration("us"))


def days_after(day: pl.Series, days: npt.NDArray[np.int64]) -> pl.Series:
    """Each date or moment plus whole days."""
    return day + pl.Series(days * 86_400_000_000).cast(pl.Duration("us"))


def serials(prefix: str, at: pl.Series, *, width: int = 4) -> pl.Series:
    """Numbers of records as systems give them: prefix, day, running number."""
    running = pl.Series(np.arange(1, at.len() + 1)).cast(pl.String).str.zfill(width)
    return prefix + at.dt.strftime("%Y%m%d") + running


def pick(rng: np.random.Generator, values: Sequence[str], count: int, weights: Sequence[float] = ()) -> pl.Series:
    """``count`` of the values, as common as their weights."""
    shares = np.array(weights) / np.sum(weights) if weights else None
    return pl.Series(rng.choice(np.array(values, dtype=object), count, p=shares).tolist(), dtype=pl.String)


def some_rows(rng: np.random.Generator, table: pl.DataFrame, count: int) -> pl.DataFrame:
    """``count`` rows of a table, with repetition."""
    return table.select(pl.all().gather(pl.Series(rng.integers(0, table.height, count))))


def fixed(values: npt.NDArray[Any], digits: int = 2) -> pl.Series:
    """Numbers as text with that many digits after the point; nan is null."""
    return number_text(np.asarray(values, dtype=np.float64), digits)


def gaps(rng: np.random.Generator, column: pl.Series, share: float) -> pl.Series:
    """The column with that share of its cells left empty."""
    return column.set(pl.Series(rng.random(column.len()) < share), None)


def periods(table: pl.DataFrame, form: str = "%Y") -> Iterator[tuple[str, pl.DataFrame]]:
    """(year or month, its rows) in order, by ``label_local``: a provider's file speaks of one of them."""
    names = table["label_local"].dt.strftime(form)
    for name in names.unique().sort():
        yield name, table.filter(names == name)


def as_csv(encoding: str = "utf-8", line_end: str = "\n") -> Cells:
    """Delimited text."""

    def write(table: pl.DataFrame, numbers: frozenset[str]) -> bytes:
        return csv_bytes(table, encoding=encoding, line_end=line_end)

    return write


def as_json(path: str = "data.rows", **head: Any) -> Cells:
    """An API's answer: records at a dotted path, how many there are beside them, numbers as numbers."""

    def write(table: pl.DataFrame, numbers: frozenset[str]) -> bytes:
        columns = [_numbers(table[n]) if n in numbers else table[n].to_list() for n in table.columns]
        rows = [dict(zip(table.columns, cells, strict=True)) for cells in zip(*columns, strict=True)]
        *outer, last = path.split(".")
        document: dict[str, Any] = {"total": len(rows), last: rows}
        for step in reversed(outer):
            document = {step: document}
        return json_bytes({"code": 200, "msg": "ok", **head, **document})

    return write


def as_sheet(sheet: str, title: str) -> Cells:
    """A workbook: a title over all columns, then two header rows; ``a/b`` is b below the merged a."""

    def write(table: pl.DataFrame, numbers: frozenset[str]) -> bytes:
        columns = [_numbers(table[n]) if n in numbers else table[n].to_list() for n in table.columns]
        top = [name.partition("/") for name in table.columns]
        rows: list[list[Any]] = [[title], [group for group, _, _ in top], [below or None for _, _, below in top]]
        merges = [(0, 0, 0, len(top) - 1, title)] if len(top) > 1 else []
        first = 0
        for last in range(len(top)):
            if not top[last][2]:
                merges.append((1, last, 2, last, top[last][0]))
                first = last + 1
            elif last + 1 == len(top) or top[last + 1][0] != top[last][0]:
                if last > first:
                    merges.append((1, first, 1, last, top[last][0]))
                first = last + 1
        return workbook_bytes({sheet: [*rows, *(list(r) for r in zip(*columns, strict=True))]}, {sheet: merges})

    return write


def _numbers(column: pl.Series) -> list[Any]:
    """Text cells as numbers where they are numbers."""
    read = column.cast(pl.Float64, strict=False)
    return [
        text if number is None else int(number) if "." not in text else number
        for text, number in zip(column.to_list(), read.to_list(), strict=True)
    ]


@dataclass(frozen=True)
class Broken:
    """A record that cannot be used: one cell of a sound one replaced; the door must refuse it for this reason."""

    reason: str
    column: str
    cell: str | None


def send(
    card: Card,
    name: str,
    rows: pl.DataFrame,
    write: Cells,
    *,
    label: str = "",
    label_format: str = MOMENT,
    repeats: int = 0,
    earlier: Mapping[str, str] | None = None,
    broken: Sequence[Broken] = (),
) -> Feed:
    """The true ``rows`` as one file of the provider.

    Columns are the card's (in a long dataset its items are columns, too) and ``label_local``, written under the header
    ``label``. ``repeats``: the last rows are sent again. ``earlier``: cells that the first two rows had in an earlier
    state of the record, sent above them. ``broken``: copies of the first row with a bad cell.
    """
    header = {c.name: c.source_name for c in card.columns if c.source_name} | card.items | {"label_local": label}
    text = rows.select(
        _text(rows[n], label_format if n == "label_local" else None).alias(header[n]) for n in rows.columns
    )
    per_row = len(card.items) or 1
    parts, duplicates = [text], {}
    if earlier:
        was = {header[column]: cell for column, cell in earlier.items()}
        news = text.filter(pl.any_horizontal(pl.col(c).ne_missing(pl.lit(cell)) for c, cell in was.items())).head(2)
        parts.insert(0, news.with_columns(pl.lit(cell, dtype=pl.String).alias(c) for c, cell in was.items()))
        duplicates["duplicate_replaced"] = news.height * per_row
    if repeats:
        parts.append(text.tail(repeats))
        duplicates["duplicate_identical"] = repeats * per_row
    quarantined: dict[str, int] = {}
    for fault in broken:
        parts.append(text.head(1).with_columns(pl.lit(fault.cell, dtype=pl.String).alias(header[fault.column])))
        quarantined[fault.reason] = quarantined.get(fault.reason, 0) + per_row
    numbers = [header[c.name] for c in card.columns if c.type in ("decimal", "integer") and c.source_name]
    numbers = [n for n in (*numbers, *card.items.values()) if n in text.columns]
    content = write(pl.concat(parts), frozenset(numbers))
    return Feed(name, content, truth(card, rows), quarantined, {k: n for k, n in duplicates.items() if n})


def truth(card: Card, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as the lake must hold them: instants in UTC, one row an item in long datasets, sentinels empty."""
    local = [n for n in rows.columns if rows.schema[n] == pl.Datetime("us")]
    table = rows.with_columns(pl.col(n).dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC") for n in local)
    if "label_local" in rows.columns:
        assert card.time is not None
        shift = f"-{INTERVALS[card.time.interval]}" if card.time.label == "end" else "0s"
        start = rows["label_local"].dt.offset_by(shift).dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC")
        table = table.drop("label_local").with_columns(start.alias("interval_start_at"))
    if card.is_long:
        index = [n for n in table.columns if n not in card.items]
        table = table.unpivot(on=list(card.items), index=index, variable_name="item", value_name="value")
    measured = [c.name for c in card.columns if c.type in ("decimal", "integer") and c.name in table.columns]
    text = [n for n in measured if table.schema[n] == pl.String]
    return table.with_columns(pl.when(~pl.col(n).is_in(card.sentinels)).then(n).alias(n) for n in text)


def _text(column: pl.Series, form: str | None) -> pl.Series:
    if column.dtype == pl.Datetime("us"):
        return column.dt.strftime(form or MOMENT)
    return column.cast(pl.String)
