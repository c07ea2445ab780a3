"""``ecolake demo``: every simulated feed through landing, door and gate, offline, against what is known to be true.

Does not belong here: how a feed is made (``simulate.py`` beside each card) or computing numbers (``ecolake run``).
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.lake import Lake
from ingest.card import Card
from ingest.simulate.feeds import World, feeds, is_simulated
from orchestration import pipeline
from orchestration.lock import only_writer
from orchestration.pipeline.workshop import registers_first
from orchestration.report import Log
from orchestration.runner import DEMO_FOLDERS, demo_feeds
from quality.gate import results


@dataclass(frozen=True)
class Expected:
    """What a dataset's feeds must become, says their simulator."""

    files: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of one dataset's feeds; ``expected`` is None where the truth is kept elsewhere (air, weather)."""

    dataset: str
    files: int
    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    unreadable: int
    passed: int
    warned: int
    failed: int
    seconds: float
    expected: Expected | None

    @property
    def closes(self) -> bool:
        """Rows in = accepted + quarantined + duplicates."""
        return self.rows_in == self.accepted + self.quarantined + self.duplicates

    @property
    def is_true(self) -> bool:
        """Everything became what it must."""
        found = Expected(self.files, self.accepted, self.quarantined, self.duplicates)
        return self.closes and self.unreadable == 0 and self.expected in (None, found)


@dataclass(frozen=True)
class Report:
    """The outcomes by dataset, the publication built from them, and what it cost: wall time and peak memory.

    The peak is that of the largest single process, this one or dbt's.
    """

    outcomes: tuple[Outcome, ...]
    publication: str | None
    seconds: float
    peak_mib: float

    @property
    def is_true(self) -> bool:
        """Every dataset arrived, and became what it must."""
        return bool(self.outcomes) and all(outcome.files and outcome.is_true for outcome in self.outcomes)


def demo(lake: Lake, world: World, log: Log, *, publish: bool = True) -> Report:
    """Send every simulated feed through landing, parsing and gate, then compute and release what follows from them."""
    began = time.monotonic()
    shop = pipeline.Workshop(lake, log)
    folder = lake.work / "demo-feeds" / "datasets"
    expected = {}
    with log.step("simulate", None, zh="模拟来源") as advance:
        for card in shop.cards.values():
            if is_simulated(card):
                expected[card.id] = write(card, world, folder / card.id)
                advance(1, card.id)
    common = demo_feeds(lake, world)
    with only_writer(lake, on_wait=lambda whom: log.note("warning", "wait", "demo", whom)):
        pipeline.land(shop, [folder, *(common / name for name in DEMO_FOLDERS)])
        outcomes = tuple(_outcomes(shop, expected))
        publication = None
        if publish:
            built = pipeline.transform_months(shop)
            publication = pipeline.publish(shop, built, by="ecolake demo").publication.id
    peak_kib = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Report(outcomes, publication, time.monotonic() - began, peak_kib / 1024)


def write(card: Card, world: World, folder: Path) -> Expected:
    """Write one dataset's files into a folder named after it, so that its card claims them."""
    folder.mkdir(parents=True, exist_ok=True)
    total = Expected()
    for feed in feeds(card, world):
        (folder / feed.name).write_bytes(feed.content)
        total = Expected(
            total.files + 1,
            total.accepted + feed.truth.height,
            total.quarantined + sum(feed.quarantined.values()),
            total.duplicates + sum(feed.duplicates.values()),
        )
    return total


def _outcomes(shop: pipeline.Workshop, expected: Mapping[str, Expected]) -> Iterator[Outcome]:
    for card in registers_first(shop.cards):
        began = time.monotonic()
        alone = replace(shop, cards={card.id: card} | _register(shop, card))
        pipeline.parse(alone)
        pipeline.judge(alone, card)
        pipeline.flag(alone, card)
        yield _outcome(shop, card, expected.get(card.id), time.monotonic() - began)


def _register(shop: pipeline.Workshop, card: Card) -> dict[str, Card]:
    name = card.resolve.register_dataset if card.resolve else None
    return {name: shop.cards[name]} if name else {}


def _outcome(shop: pipeline.Workshop, card: Card, expected: Expected | None, seconds: float) -> Outcome:
    core = shop.core(card)
    batches = [b for b in core.batches() if b.build == core.build]
    verdicts = {r.batch: r.status for r in results(shop.lake, card.id)}
    statuses = [verdicts.get(b.name) for b in batches]
    fates = {name: sum(b.counts[name] for b in batches) for name in ("accepted", "quarantined", "duplicates")}
    return Outcome(
        dataset=card.id,
        files=len(batches),
        rows_in=sum(b.rows_in for b in batches),
        unreadable=sum(b.status == "unreadable" for b in batches),
        passed=statuses.count("pass"),
        warned=statuses.count("warn"),
        failed=statuses.count("fail"),
        seconds=seconds,
        expected=expected,
        **fates,
    )
