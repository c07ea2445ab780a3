"""A headless run: the steps in order, once, with what it brought in and released told at the end.

Does not belong here: the steps themselves (``pipeline``) or Dagster's way of calling them (``definitions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalog.lake import Lake
from ingest.core import Batch
from ingest.hj212.journal import journal_folder
from ingest.simulate import simulate
from ingest.simulate.feeds import World
from orchestration import pipeline
from orchestration.lock import only_writer
from orchestration.report import Log

STEPS = ("land", "parse", "check", "transform", "publish")
DEMO_FOLDERS = ("air", "weather")


@dataclass(frozen=True)
class RunOptions:
    """What a run is asked to do; every field has the meaning of the option of ``ecolake run``."""

    sources: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    months: tuple[str, str] | None = None
    as_of: datetime | None = None
    until: str = "publish"
    live: bool = False
    demo: bool = False
    full_refresh: bool = False
    tests: bool = True


@dataclass(frozen=True)
class Summary:
    """What came of a run."""

    landed: int
    batches: tuple[Batch, ...]
    months_built: tuple[str, ...]
    publication: str | None
    outcome: str
    simulated: bool

    def text(self) -> str:
        """A few lines for a person."""
        fates = [sum(b.counts[name] for b in self.batches) for name in ("accepted", "quarantined", "duplicates")]
        lines = [
            f"landed       {self.landed} new object(s)",
            f"parsed       {len(self.batches)} batch(es): {sum(b.rows_in for b in self.batches):,} rows in = "
            f"{fates[0]:,} accepted + {fates[1]:,} quarantined + {fates[2]:,} duplicates",
            f"computed     {len(self.months_built)} month(s)",
            f"publication  {self.publication or '-'} ({self.outcome})",
        ]
        if self.simulated:
            lines.append("[yellow]simulated    all numbers come from the demo feeds, none from a real station[/]")
        return "\n".join(lines)


def execute(lake: Lake, options: RunOptions, log: Log) -> Summary:
    """Run the steps up to ``options.until``, alone: another run at work is waited for.

    With no source given, an empty inbox and an empty lake, the demo feeds are brought in.

    Raises:
        ValueError: a dataset named in ``select`` does not exist.
        RuntimeError: dbt or the publication failed, nothing was released; or another run did not end.
    """
    with only_writer(lake, on_wait=lambda whom: log.note("warning", "wait", "run", whom)):
        return _execute(lake, options, log)


def _execute(lake: Lake, options: RunOptions, log: Log) -> Summary:
    last = STEPS.index(options.until)
    shop = pipeline.Workshop(lake, log).select(options.select)
    landed = pipeline.land(shop, sources(lake, options, shop), live=options.live)
    batches = pipeline.parse(shop, options.months) if last >= STEPS.index("parse") else []
    if last >= STEPS.index("check"):
        pipeline.check(shop)
    if last < STEPS.index("transform"):
        return Summary(landed, tuple(batches), (), None, "not asked for", simulated=False)
    whole = pipeline.Workshop(lake, log, {}) if options.select else shop
    built = pipeline.transform_months(
        whole, months=options.months, as_of=options.as_of, full=options.full_refresh, tests=options.tests
    )
    if last < STEPS.index("publish") or options.as_of is not None:
        where = f"built only, in {built.scratch}"
        return Summary(landed, tuple(batches), built.todo.months, None, where, simulated=False)
    outcome = pipeline.publish(whole, built)
    return Summary(
        landed,
        tuple(batches),
        built.todo.months,
        outcome.publication.id,
        outcome.kind,
        simulated=outcome.publication.simulated,
    )


def sources(lake: Lake, options: RunOptions, shop: pipeline.Workshop) -> list[Path]:
    """What to bring in: what was asked for, the inbox and the HJ 212 journal; the demo feeds if there is nothing."""
    found = list(options.sources)
    found += [folder for folder in (lake.inbox, journal_folder(lake)) if folder.is_dir()]
    has_data = any((lake.landing(name) / "_log").is_dir() for name in shop.cards)
    if options.demo or not (found or has_data or options.live):
        found += [demo_feeds(lake) / folder for folder in DEMO_FOLDERS]
    return found


def demo_feeds(lake: Lake, world: World | None = None) -> Path:
    """The demo feeds of air and city weather, written at the first call; ``world`` decides what they speak of."""
    world = world or World()
    folder = lake.work / "demo-feeds"
    if not (folder / "truth" / "simulation.json").exists():
        simulate(folder, seed=world.seed, start=world.first, end=world.last, scale=world.scale)
    return folder
