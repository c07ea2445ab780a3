"""Schema drift: how a feed's columns differ from what its card says, and what is done about it.

A new column is set aside cell by cell, a lost one is empty, a renamed one is read under its old meaning; all three are
told. A lost column that the card requires makes the object unreadable: nothing is guessed. Does not belong here: cells
(the lake door tells a column that changed its type) or where drift is shown (``orchestration``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ingest.card import Card
from ingest.parsing import DRIFT_SCHEMA, UnreadableObjectError


@dataclass(frozen=True)
class Alignment:
    """``names``: our column → the header it is read from; ``extra``: headers no card speaks of."""

    names: dict[str, str]
    extra: list[str]
    drift: pl.DataFrame


def align(card: Card, header: Sequence[str]) -> Alignment:
    """Find each of the card's source columns in a header.

    By its present name, else by a former one (``was``), else by a name that differs in width, case, spaces and
    punctuation only; the last two are told as ``renamed``.

    Raises:
        UnreadableObjectError: a required or key column is missing.
    """
    wanted = [c for c in card.columns if c.source_name is not None]
    free = list(dict.fromkeys(header))
    names: dict[str, str] = {}
    told: list[tuple[str, str, str]] = []
    for column in wanted:
        if column.source_name in free:
            names[column.name] = column.source_name
            free.remove(column.source_name)
    loosely = {loose(name): name for name in free}
    missing = []
    for column in wanted:
        if column.name in names:
            continue
        assert column.source_name is not None
        found = next((name for name in column.was if name in free), None) or loosely.get(loose(column.source_name))
        if found is not None and found in free:
            names[column.name] = found
            free.remove(found)
            told.append(("renamed", column.name, f"{column.source_name} is now called {found}"))
        elif column.required or column.name in card.key:
            missing.append(column.source_name)
        else:
            told.append(("lost", column.name, f"{column.source_name} is not in the header"))
    if missing:
        raise UnreadableObjectError(
            "unexpected_header",
            f"header has no column {missing}; found {list(header)[:8]}{'…' if len(header) > 8 else ''}",
        )
    extra = [name for name in free if name not in card.ignored]
    told += [("new", name, f"{name} is not in the card; its cells are set aside") for name in extra]
    return Alignment(names, extra, pl.DataFrame(told, schema=DRIFT_SCHEMA, orient="row"))


def loose(name: str) -> str:
    """A column's name without what providers change unawares: width, case, spaces, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()
