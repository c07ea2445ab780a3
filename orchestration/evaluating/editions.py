"""The editions of the evaluation: baseline, frozen pool, method and items, read from the catalog.

An edition's rows are never changed once scores were published under it: a new baseline is a new edition. Does not
belong here: what a method does with them (``evaluation``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

EDITIONS = Path(__file__).parent.parent.parent / "catalog" / "editions"


@dataclass(frozen=True)
class Item:
    """What is evaluated of a place: its unit, its weight in the score of the place, and what a reader must know."""

    item: str
    unit: str
    weight: float
    caveat: str | None


@dataclass(frozen=True)
class Edition:
    """One edition; days are included at both ends. ``control_place``: where nothing is expected to have been done."""

    effort_edition: str
    theme: str
    fit_from: date
    baseline_start: date
    baseline_end: date
    pool_start: date
    pool_end: date
    method: str
    control_place: str | None
    replicates: int
    confidence: float
    seed: int
    items: tuple[Item, ...]

    def years(self, until: date) -> list[int]:
        """The years evaluated: those after the baseline that have begun by ``until``."""
        return list(range(self.baseline_end.year + 1, until.year + 1))

    def facts(self) -> dict[str, object]:
        """Everything a result depends on, as plain values."""
        return asdict(self)


@cache
def editions() -> tuple[Edition, ...]:
    """All editions with their items, in the order of the catalog.

    Raises:
        ValueError: an edition has no item, or an item no edition.
    """
    codes = {"control_place": pl.String}
    rows = pl.read_csv(EDITIONS / "effort_editions.csv", try_parse_dates=True, schema_overrides=codes)
    items = pl.read_csv(EDITIONS / "effort_items.csv")
    if lost := set(rows["effort_edition"]) ^ set(items["effort_edition"]):
        raise ValueError(f"effort_editions.csv and effort_items.csv disagree about {', '.join(sorted(lost))}")
    names = [name for name in Edition.__dataclass_fields__ if name != "items"]
    return tuple(
        Edition(
            **row,
            items=tuple(
                Item(**item)
                for item in items.filter(pl.col("effort_edition") == row["effort_edition"])
                .select(pl.col("item"), pl.col("unit"), pl.col("weight").cast(pl.Float64), pl.col("caveat"))
                .rows(named=True)
            ),
        )
        for row in rows.select(names).rows(named=True)
    )
