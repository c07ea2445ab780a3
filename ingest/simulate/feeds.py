"""Simulated feeds of single datasets: the world they share, and what each ``simulate.py`` beside a card yields.

A dataset whose card says ``fixture: simulated`` has ``simulate.py`` in its folder with ``simulate(world) ->
Iterator[Feed]``: files in the provider's own format, and the rows that the lake must make of them. Does not belong
here: how any number is made.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from ingest.card import Card
from ingest.simulate.noise import stream
from ingest.simulate.places import CITIES, City


@dataclass(frozen=True)
class World:
    """What all feeds share: one seed, the days they speak of (both included), and how much of it is wanted.

    ``scale`` < 1 keeps that share of places; high-frequency feeds also speak of fewer days: see :meth:`last_days`.
    """

    seed: int = 20260301
    first: date = date(2024, 11, 1)
    last: date = date(2026, 10, 31)
    scale: float = 1.0

    @property
    def cities(self) -> tuple[City, ...]:
        """The eleven cities of the province."""
        return CITIES

    @cached_property
    def days(self) -> pl.Series:
        """All days of the period."""
        return pl.date_range(self.first, self.last, "1d", eager=True).alias("day")

    @property
    def years(self) -> list[int]:
        """Calendar years that end within the period, and the two before: what a yearbook holds."""
        last = self.last.year if self.last == date(self.last.year, 12, 31) else self.last.year - 1
        return list(range(last - 2, last + 1))

    @property
    def months(self) -> list[date]:
        """First days of the months of the period."""
        return pl.date_range(self.first.replace(day=1), self.last, "1mo", eager=True).to_list()

    def last_days(self, count: int) -> list[date]:
        """The last days of the period: what a feed of minutes keeps on line."""
        first = max(self.first, self.last - timedelta(days=count - 1))
        return pl.date_range(first, self.last, "1d", eager=True).to_list()

    def some(self, count: int) -> int:
        """How many of ``count`` places are wanted: at least one."""
        return max(1, round(count * self.scale))

    def rng(self, purpose: str) -> np.random.Generator:
        """Seeded randomness for one purpose: adding a purpose never shifts another."""
        return stream(self.seed, purpose)


@dataclass(frozen=True)
class Feed:
    """One file as the provider would send it, and what is true about it.

    ``truth``: the rows that must be accepted, under the card's column names and types as text or numbers, with
    ``interval_start_at`` (UTC) for dated data; compared by key. ``quarantined``/``duplicates``: reason → how many.
    ``drift``: column → how it differs from the card (new, lost, renamed, retyped).
    """

    name: str
    content: bytes
    truth: pl.DataFrame
    quarantined: Mapping[str, int] = field(default_factory=dict)
    duplicates: Mapping[str, int] = field(default_factory=dict)
    drift: Mapping[str, str] = field(default_factory=dict)


def is_simulated(card: Card) -> bool:
    """The dataset has a simulator of its own."""
    return (card.folder / "simulate.py").exists()


def feeds(card: Card, world: World) -> Iterator[Feed]:
    """The files of one dataset. Same world, same bytes."""
    module = importlib.import_module(f"ingest.datasets.{card.family}.{card.name}.simulate")
    yield from module.simulate(world)
