"""True rows as a provider publishes them: under its headers, in its format, with the faults that providers make.

A simulator makes the true rows under the card's names; :func:`feed` prints them and puts in what is wrong with them
(:class:`Fault`). Does not belong here: where the rows come from (``simulate.py`` beside each card), the bytes of a
format (``writing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from ingest.card import Card
from ingest.fields import LENGTHS
from ingest.simulate.feeds import Feed
from ingest.simulate.writing import Writer

ZONE = "Asia/Shanghai"
MOMENT = "%Y-%m-%d %H:%M:%S"
LABEL = "label_local"


@dataclass(frozen=True)
class Fault:
    """Copies of true rows that stand in the file, too: which ones, with which cells, and what the door says of them.

    ``cells``: column → its cell in the copies, in which ``{}`` is the true one; None is an empty cell. Of the rows that
    differ from it, ``first`` are taken, or ``last``. The copies follow all rows unless they are ``above`` them.
    """

    reason: str
    cells: Mapping[str, str | None] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    above: bool = False

    def copies(self, text: pl.DataFrame, header: Mapping[str, str]) -> pl.DataFrame:
        """The faulty rows, made of the true ones as printed; ``header``: column → the provider's name."""
        made = {header[column]: _cell(cell, header[column]) for column, cell in self.cells.items()}
        if made:
            text = text.filter(pl.any_horizontal(pl.col(name).ne_missing(cell) for name, cell in made.items()))
        return (text.head(self.first) if self.first else text.tail(self.last)).with_columns(**made)


def repeated(*, first: int = 1, last: int = 0) -> Fault:
    """The first rows, or the last ones, sent twice."""
    return Fault("duplicate_identical", first=0 if last else first, last=last)


def earlier(cells: Mapping[str, str], *, first: int = 2, last: int = 0) -> Fault:
    """An earlier state of the first records, or of the last ones, sent above the present one."""
    return Fault("duplicate_replaced", cells, 0 if last else first, last, above=True)


def mistyped(column: str) -> Fault:
    """The last record was entered with a 1 too many at first."""
    return earlier({column: "1{}"}, last=1)


def broken(reason: str, column: str, cell: str | None) -> Fault:
    """A record that cannot be used: one cell of a sound one replaced."""
    return Fault(reason, {column: cell}, first=1)


def without(column: str) -> Fault:
    """A record that lacks what it must have."""
    return broken(f"missing_{column}", column, None)


def undated(cell: str = "待核实") -> Fault:
    """A record whose time nobody can read."""
    return broken("time_unreadable", LABEL, cell)


def by_card(card: Card, table: pl.DataFrame) -> pl.DataFrame:
    """The card's columns of a working table, in the card's order, behind the time label."""
    return table.select(*([LABEL] if card.time else []), *(c.name for c in card.columns))


def feed(
    card: Card,
    name: str,
    rows: pl.DataFrame,
    write: Writer,
    *,
    label: tuple[str, str] | None = None,
    blank: str | None = None,
    blanks_are_rows: bool = True,
    faults: Sequence[Fault] = (),
) -> Feed:
    """The true ``rows`` as one file of the provider.

    Columns are the card's (in a long dataset its items are columns, too) and ``label_local``, in the file's order; what
    has no header at the source is true but not printed. ``label``: (header, form) of the time label. ``blank``: what a
    number that is missing is printed as. ``blanks_are_rows``: an empty cell of an item says that nothing was measured;
    if not, the place does not measure it.
    """
    header = {c.name: c.source_name for c in card.columns if c.source_name} | card.items
    form = MOMENT
    if label is not None:
        header[LABEL], form = label
    text = rows.select(
        _text(rows[n], form if n == LABEL else MOMENT).alias(header[n]) for n in rows.columns if n in header
    )
    numbers = [header[c.name] for c in card.columns if c.type in ("decimal", "integer") and c.source_name]
    numbers = [n for n in (*numbers, *card.items.values()) if n in text.columns]
    printed = text if blank is None else text.with_columns(pl.col(numbers).fill_null(blank))
    copies = [fault.copies(printed, header) for fault in faults]
    told: dict[str, int] = {}
    for fault, part in zip(faults, copies, strict=True):
        count = part.height * (len(card.items) or 1)
        if not blanks_are_rows:
            count = part.select(pl.sum_horizontal(pl.col(*card.items.values()).count())).item()
        told[fault.reason] = told.get(fault.reason, 0) + count
    above = [part for fault, part in zip(faults, copies, strict=True) if fault.above]
    below = [part for fault, part in zip(faults, copies, strict=True) if not fault.above]
    return Feed(
        name,
        write(pl.concat([*above, printed, *below]), frozenset(numbers)),
        truth(card, rows, blanks_are_rows=blanks_are_rows),
        {reason: n for reason, n in told.items() if n and not reason.startswith("duplicate_")},
        {reason: n for reason, n in told.items() if n and reason.startswith("duplicate_")},
    )


def truth(card: Card, rows: pl.DataFrame, *, blanks_are_rows: bool = True) -> pl.DataFrame:
    """Rows as the lake must hold them: instants in UTC, one row an item in long datasets, sentinels empty."""
    wall_clock = [n for n in rows.columns if rows.schema[n] == pl.Datetime("us") and n != LABEL]
    plain = [n for n in rows.columns if not rows.schema[n].is_temporal()]
    table = rows.with_columns(pl.col(plain).cast(pl.String), *(instant(pl.col(n)) for n in wall_clock))
    if LABEL in rows.columns:
        assert card.time is not None
        shift = f"-{LENGTHS[card.time.interval].polars}" if card.time.label == "end" else "0s"
        table = table.with_columns(interval_start_at=instant(pl.col(LABEL).dt.offset_by(shift))).drop(LABEL)
    if card.is_long:
        index = [n for n in table.columns if n not in card.items]
        table = table.unpivot(on=list(card.items), index=index, variable_name="item", value_name="value")
        table = table if blanks_are_rows else table.filter(pl.col("value").is_not_null())
    measured = [c.name for c in card.columns if c.type in ("decimal", "integer") and c.name in table.columns]
    return table.with_columns(pl.when(~pl.col(n).is_in(card.sentinels)).then(n).alias(n) for n in measured)


def instant(local: pl.Expr) -> pl.Expr:
    """Local dates or wall-clock times as UTC instants."""
    return local.cast(pl.Datetime("us")).dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC")


def _text(column: pl.Series, form: str) -> pl.Series:
    """As the provider prints it; dates other than the label as ISO 8601 has them."""
    is_label = column.name == LABEL
    return column.dt.strftime(form) if is_label or column.dtype == pl.Datetime("us") else column.cast(pl.String)


def _cell(cell: str | None, name: str) -> pl.Expr:
    if cell is not None and "{}" in cell:
        return pl.format(cell, name)
    return pl.lit(cell, dtype=pl.String)
