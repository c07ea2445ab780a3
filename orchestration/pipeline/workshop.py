"""One lake as the steps see it: its readable cards, the batches that count, and where progress is told.

Does not belong here: what a step does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.lake import Lake
from ingest.card import Card, readable_cards
from ingest.core import Batch, CoreZone, live_batches, read_batches
from orchestration.report import Log
from quality.gate import held_batches
from quality.reading import core_zone


@dataclass
class Workshop:
    """One lake, its readable cards, and where progress is told."""

    lake: Lake
    log: Log = field(default_factory=lambda: Log(quiet=True))
    cards: dict[str, Card] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cards:
            self.cards, faults = readable_cards()
            for fault in faults:
                where, _, what = str(fault).partition(": ")
                self.log.note("error", "cards", where, what)

    def select(self, names: Sequence[str]) -> Workshop:
        """The same workshop limited to some datasets; registers that they resolve names by come along.

        Raises:
            ValueError: a name is no dataset; the message lists those there are.
        """
        if not names:
            return self
        if unknown := sorted(set(names) - set(self.cards)):
            raise ValueError(f"no dataset {', '.join(unknown)}; there are: {', '.join(sorted(self.cards))}")
        wanted = set(names)
        wanted |= {c.resolve.register_dataset for n in names if (c := self.cards[n]).resolve is not None}
        return replace(self, cards={n: c for n, c in self.cards.items() if n in wanted})

    def core(self, card: Card) -> CoreZone:
        """The core zone of one dataset; a new register is a new build of the datasets that resolve names by it."""
        return core_zone(self.lake, card)

    def live(self, card: Card, as_of: datetime | None = None) -> list[Batch]:
        """The batches that count: newest knowledge, current build, not held by a gate."""
        held = held_batches(self.lake, card.id)
        known = [b for b in read_batches(self.lake, card.id) if b.name not in held]
        return live_batches(known, self.core(card).build, as_of)


def registers_first(cards: Mapping[str, Card]) -> list[Card]:
    """The cards, those first that others resolve names by."""
    registers = {c.resolve.register_dataset for c in cards.values() if c.resolve is not None}
    return sorted(cards.values(), key=lambda c: (c.id not in registers, c.id))
