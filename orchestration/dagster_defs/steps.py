"""What the bodies of assets and checks do: call ``pipeline``, and say in numbers what there is afterwards.

Imported when a step runs, not when definitions are loaded: with it come polars and dataframely, two seconds of CPU.
Does not belong here: what a step does to data (``pipeline`` and below), how Dagster is told (``assets``, ``checks``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from catalog.lake import Lake
from catalog.publication import Outcome
from ingest.card import Card
from ingest.core import COUNT_NAMES, Batch
from ingest.landing import LandingZone
from orchestration import pipeline, runner
from orchestration.evaluating import inputs, store
from orchestration.evaluating.one import evaluate_one
from orchestration.lock import only_writer
from orchestration.report import Level, Log
from quality.gate import GateResult, held_batches
from quality.reconciliation import report

Metadata = dict[str, Any]
# Findings in a check's metadata: a person reads the first few, the data docs hold them all.
SHOWN = 20


@dataclass
class RunLog(Log):
    """The pipeline's notes as lines of Dagster's run log."""

    quiet: bool = True
    lines: logging.Logger = field(default_factory=lambda: logging.getLogger("ecolake"))

    def note(self, level: Level, step: str, subject: str, message: str) -> None:
        """Keep one note and pass it on."""
        super().note(level, step, subject, message)
        self.lines.log(logging.getLevelNamesMapping()[level.upper()], f"{step} {subject}: {message}")


def workshop(lake: Lake, lines: logging.Logger) -> pipeline.Workshop:
    """The workshop of a lake, with its notes going to a run's log."""
    return pipeline.Workshop(lake, RunLog(lines=lines))


def land(shop: pipeline.Workshop, datasets: Sequence[str], sources: Sequence[str], *, live: bool, demo: bool) -> None:
    """Take in what lies there, whoever claims it; ask only the addresses of ``datasets``."""
    options = runner.RunOptions(sources=tuple(map(Path, sources)), live=live, demo=demo)
    with only_writer(shop.lake):
        pipeline.land(shop, runner.sources(shop.lake, options, shop))
        pipeline.land(shop.select(datasets), [], live=live)


def landed(shop: pipeline.Workshop, dataset: str) -> Metadata:
    """What lies in a dataset's landing zone."""
    objects = LandingZone(shop.lake, dataset).objects
    newest = max((o.received_at for o in objects), default=None)
    return {
        "objects": len(objects),
        "bytes": sum(o.size_bytes for o in objects),
        **({"newest_received_at": dg.MetadataValue.timestamp(newest)} if newest else {}),
    }


def parse(shop: pipeline.Workshop, card: Card, months: tuple[str, str] | None) -> tuple[Metadata, set[str]]:
    """Parse what is new of a dataset; returns what its core holds now, and the months that got rows."""
    new = [b for b in pipeline.parse(shop.select([card.id]), months) if b.dataset == card.id]
    return _parsed(shop.live(card), new), {month for batch in new for month in batch.months}


def _parsed(live: Sequence[Batch], new: Sequence[Batch]) -> Metadata:
    newest = max((b.last_at for b in live if b.last_at), default=None)
    return {
        "dataset_rows": sum(b.counts["accepted"] for b in live),
        "dataset_batches": len(live),
        "new_batches": len(new),
        "new_rows": sum(b.rows_in for b in new),
        **{f"new_{fate}": sum(b.counts[fate] for b in new) for fate in COUNT_NAMES},
        **({"dataset_newest_at": dg.MetadataValue.timestamp(newest)} if newest else {}),
    }


def flag(shop: pipeline.Workshop, card: Card) -> list[str]:
    """Contextual flags that are missing; returns the months computed."""
    return pipeline.flag(shop, card)


def gate(shop: pipeline.Workshop, card: Card) -> dg.AssetCheckResult:
    """Judge what has no verdict; an error only while the failure is new, a warning as long as a batch is held."""
    verdicts = pipeline.judge(shop, card)
    held = held_batches(shop.lake, card.id)
    has_failed = any(v.status == "fail" for v in verdicts)
    return dg.AssetCheckResult(
        passed=not held and all(v.status == "pass" for v in verdicts),
        severity=dg.AssetCheckSeverity.ERROR if has_failed else dg.AssetCheckSeverity.WARN,
        metadata={"judged": len(verdicts), "held": sorted(held), "findings": _findings(verdicts)},
    )


def _findings(verdicts: Sequence[GateResult]) -> dg.MetadataValue[Any]:
    lines = [f"- {v.status} · {v.object_name}: {v.summary}" for v in verdicts if v.status != "pass"]
    more = [f"- … {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return dg.MetadataValue.md("\n".join([*lines[:SHOWN], *more]) or "-")


def reconcile(lake: Lake, card: Card) -> dg.AssetCheckResult:
    """Count every batch of a dataset again."""
    batches = report(lake, [card.id])
    problems = batches.filter(~batches["closes"])["problem_en"].to_list()
    return dg.AssetCheckResult(
        passed=not problems,
        metadata={"batches": batches.height, "rows_in": int(batches["rows_in"].sum()), "problems": problems},
    )


def lay_out(shop: pipeline.Workshop) -> pipeline.Built:
    """Write what dbt reads; returns what it has to do."""
    return pipeline.lay_out(shop)


def evaluate(shop: pipeline.Workshop) -> set[str]:
    """Evaluate what is missing, lay the results out; returns the keys of all series."""
    with only_writer(shop.lake):
        built = pipeline.lay_out(shop)
        return {task.series_key for task in pipeline.evaluate(shop, built.scratch)}


def evaluate_series(shop: pipeline.Workshop, series_key: str) -> int:
    """Evaluate one series in every edition and year in which it is missing; returns how many that were."""
    with only_writer(shop.lake):
        tasks = inputs.lay_out(shop.lake, pipeline.scratch_path(shop.lake))
    # evaluated outside the lock: other series may be at work beside this one
    missing = [t for t in tasks if t.series_key == series_key and not store.holds(shop.lake, t.series_hash)]
    for task in missing:
        evaluate_one(shop.lake, task)
    return len(missing)


def publish(shop: pipeline.Workshop, by: str) -> Outcome:
    """Release; what upstream steps left undone (a subset, a killed run) is computed first."""
    with only_writer(shop.lake):
        return pipeline.publish(shop, pipeline.transform_months(shop), by=by)
