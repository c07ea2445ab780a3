"""The gate on new batches: judge each once, say why in plain words, hold back what failed until somebody releases it.

``fail`` only for tests named in the card's ``gate.fail_on`` (and an AQI that is wrong and not barred); everything else
is ``warn``: shown, and it travels on. Does not belong here: the figures (``profile``), what they must be (``suites``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from catalog.lake import Lake, canonical_json, write_json
from ingest.card import Card
from ingest.core import Batch
from ingest.landing import now
from quality.profile import WHOLE, profile
from quality.registry import tests, tests_of
from quality.suites import Miss, bounds, is_aqi_barred, validate

FOLDER = "_gates"
ALWAYS_FAIL = ("aqi_barred",)


class GateError(ValueError):
    """A release that cannot be: the message says what was wrong."""


@dataclass(frozen=True)
class Finding:
    """One expectation that a batch missed."""

    test: str
    subject: str
    severity: str  # warn | fail
    observed: float
    minimum: float | None
    maximum: float | None
    zh: str
    en: str


@dataclass(frozen=True)
class GateResult:
    """The verdict on a batch: status is the worst severity among the findings, ``pass`` when there is none."""

    dataset: str
    batch: str
    object_name: str
    status: str  # pass | warn | fail
    findings: tuple[Finding, ...]
    judged_at: datetime
    rules: str

    @property
    def summary(self) -> str:
        """The findings in one line: one a test, with the number of items or columns it hit."""
        first = {finding.test: finding for finding in reversed(self.findings)}
        more = {name: sum(f.test == name for f in self.findings) - 1 for name in first}
        return "; ".join(
            f.en + (f" (and {more[f.test]} more)" if more[f.test] else "") for f in self.findings if f is first[f.test]
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values for the gate's record."""
        return asdict(self) | {"judged_at": self.judged_at.isoformat()}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> GateResult:
        """The inverse of :meth:`to_json`."""
        findings = tuple(Finding(**f) for f in record["findings"])
        return cls(**record | {"findings": findings, "judged_at": datetime.fromisoformat(record["judged_at"])})


def run_gate(lake: Lake, card: Card, batches: Sequence[Batch]) -> list[GateResult]:
    """Judge the batches that have no verdict under the card's present rules; returns the verdicts of all of them.

    One profile and one suite run for all of them together.
    """
    rules = rules_of(card)
    known = {r.batch: r for r in results(lake, card.id) if r.rules == rules}
    new = [b for b in batches if b.name not in known and b.status == "accepted"]
    if new:
        subjects = profile(lake, card, new).subjects
        misses = validate(card, subjects)
        for batch in new:
            mine = [_finding(card, batch, miss, subjects) for miss in misses if miss.batch == batch.name]
            severities = {finding.severity for finding in mine}
            status = "fail" if "fail" in severities else "warn" if severities else "pass"
            result = GateResult(card.id, batch.name, batch.object_name, status, tuple(mine), now(), rules)
            write_json(_folder(lake, card.id) / f"{batch.name}.json", result.to_json())
            known[batch.name] = result
    return [known[b.name] for b in batches if b.name in known]


def results(lake: Lake, dataset: str) -> list[GateResult]:
    """All verdicts of a dataset, by batch."""
    records = (p for p in sorted(_folder(lake, dataset).glob("*.json")) if not p.name.endswith(".released.json"))
    return [GateResult.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in records]


def held_batches(lake: Lake, dataset: str) -> set[str]:
    """Batches that failed and that nobody released under the rules they failed."""
    return {r.batch for r in results(lake, dataset) if r.status == "fail" and not _is_released(lake, r)}


def release(lake: Lake, dataset: str, batch: str, *, by: str, reason: str) -> None:
    """Let a failed batch travel on: a named person takes it on himself. Raises GateError."""
    if batch not in held_batches(lake, dataset):
        held = ", ".join(sorted(held_batches(lake, dataset))) or "none"
        raise GateError(f"{dataset}: batch {batch!r} is not held back; held: {held}")
    if not by.strip() or not reason.strip():
        raise GateError("a release needs who takes it on himself (by) and why (reason)")
    failed = next(r for r in results(lake, dataset) if r.batch == batch)
    record = {"batch": batch, "rules": failed.rules, "by": by, "reason": reason, "at": now().isoformat()}
    write_json(_release_path(lake, failed), record)


def rules_of(card: Card) -> str:
    """Hash of everything that decides a verdict; another wording of ``why`` does not judge the lake again."""
    content = {
        "bounds": [asdict(bound) for bound in bounds(card)],
        "fail_on": sorted(card.gate.fail_on),
        "expected_entities": card.gate.expected_entities,
        "versions": {name: test.version for name, test in tests_of("batch").items()},
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:12]


def _folder(lake: Lake, dataset: str) -> Path:
    return lake.core(dataset) / FOLDER


def _release_path(lake: Lake, result: GateResult) -> Path:
    return _folder(lake, result.dataset) / f"{result.batch}.released.json"


def _is_released(lake: Lake, result: GateResult) -> bool:
    path = _release_path(lake, result)
    return path.exists() and json.loads(path.read_text(encoding="utf-8"))["rules"] == result.rules


def _finding(card: Card, batch: Batch, miss: Miss, subjects: pl.DataFrame) -> Finding:
    test = miss.bound.test
    figure = subjects.row(
        by_predicate=(pl.col("batch") == miss.batch) & (pl.col("subject") == miss.subject), named=True
    )
    zh, en = _words(card, miss, figure)
    severity = "fail" if test in (*card.gate.fail_on, *ALWAYS_FAIL) else "warn"
    return Finding(test, miss.subject, severity, miss.observed, miss.bound.minimum, miss.bound.maximum, zh, en)


def _words(card: Card, miss: Miss, figure: dict[str, Any]) -> tuple[str, str]:
    """What was found and what was expected, in both languages."""
    test, seen = tests()[miss.bound.test], miss.observed
    low, high = miss.bound.minimum or 0.0, miss.bound.maximum or 0.0
    zh, en = _subject(card, miss.subject)
    match miss.bound.test:
        case "rows":
            found = ("批次中没有一行被接收", "no row of the batch was accepted")
        case "completeness":
            found = (
                f"应有 {figure['n_expected']:,} 个值，实有 {seen:.1%}，下限 {low:.0%}",
                f"{figure['n_expected']:,} values due, {seen:.1%} there, at least {low:.0%} expected",
            )
        case "null_share":
            found = (f"{seen:.1%} 为空，上限 {high:.0%}", f"{seen:.1%} are empty, at most {high:.0%} expected")
        case "shift":
            means = figure["mean"], figure["baseline_mean"]
            found = (
                "均值 {:.3g}，近30天 {:.3g}，".format(*means)
                + f"相差 {seen:+.1f} 个标准差（日均值），上限 ±{high:g}；单位或站点变了？",
                "mean {:.3g}, last 30 days {:.3g}: ".format(*means)
                + f"{seen:+.1f} standard deviations of daily means apart, at most ±{high:g} expected; "
                "another unit, other stations?",
            )
        case "freshness":
            found = (
                f"最新数据到达时已过去 {seen:,.0f} 小时，上限 {high:g} 小时",
                f"the newest value was {seen:,.0f} h old when it arrived, at most {high:g} h expected",
            )
        case "quarantine_share":
            found = (
                f"{seen:.1%} 的行被隔离，上限 {high:.0%}",
                f"{seen:.1%} of the rows quarantined, at most {high:.0%}",
            )
        case _:
            found = _aqi_words(card, miss, figure)
    return f"{test.zh}（{zh}）：{found[0]}", f"{test.en} ({en}): {found[1]}"


def _aqi_words(card: Card, miss: Miss, figure: dict[str, Any]) -> tuple[str, str]:
    equal, near, low = miss.observed, figure["aqi_within1_share"], miss.bound.minimum or 0.0
    rows = f"{figure['aqi_rows']:,}"
    zh = f"按HJ 633由同行污染物重算，{rows} 行中 {equal:.0%} 相等、{near:.0%} 相差不超过1，下限 {low:.0%}；"
    en = (
        f"recomputed under HJ 633 from the row's own pollutants it is equal in {equal:.0%} of {rows} rows and within 1 "
        f"in {near:.0%}, at least {low:.0%} expected: the column `aqi` does not follow from its own pollutants"
    )
    if is_aqi_barred(card):
        return (
            zh + "aqi 列与自身污染物不符，已在数据集卡片中禁用（columns[].barred），不得用于任何指标",
            en + " and is barred from every indicator (columns[].barred in the card)",
        )
    return (
        zh + "aqi 列与自身污染物不符，且未被禁用：在数据集卡片的 aqi 列写明 barred 及原因",
        en + " and is not barred: write `barred` with the reason at column aqi of the card",
    )


def _subject(card: Card, subject: str) -> tuple[str, str]:
    if subject == WHOLE:
        return "整批", "whole batch"
    if subject in card.items:
        quantity = card.quantities[subject]
        return quantity.zh, quantity.en
    title = card.column(subject).title
    return title.zh, title.en
