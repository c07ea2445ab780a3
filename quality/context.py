"""Contextual tests: what a value looks like beside its neighbours in time and space.

One SQL file a test in ``context_sql``, run over the live hours of one month and a margin on both sides. Does not belong
here: tests of one row (``door``), of a whole batch (``gate``), or what follows from a flag (``flags``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from catalog.lake import Lake, atomic_path, canonical_json
from ingest.card import Card
from ingest.core import Batch
from quality.reading import connect, literal, parquet
from quality.registry import tests_of

SQL = Path(__file__).parent / "context_sql"
FOLDER = "_context"
# Two steps of publication (1 ug/m3, 0.1 mg/m3): at or below it an instrument reports its detection limit.
FLOOR = {"ug/m3": 2.0, "mg/m3": 0.2}
HOUR = timedelta(hours=1)
# Answers kept a month: the present one, and some for looks at earlier states of knowledge. An hourly feed makes 700 of
# them in a month; one is 20-200 kB.
ANSWERS_KEPT = 8


@dataclass(frozen=True)
class ContextResult:
    """The flags of one month: where they lie, how many, and whether they had to be computed now."""

    dataset: str
    month: str
    path: Path
    computed: bool


@dataclass(frozen=True)
class _Month:
    """One month's question: which hours, from which files, and the name its answer has."""

    month: str
    first: datetime
    last: datetime
    from_at: datetime
    to_at: datetime
    batches: tuple[Batch, ...]
    files: tuple[str, ...]
    name: str


def refresh(
    lake: Lake, card: Card, batches: Sequence[Batch], months: Iterable[str] | None = None
) -> list[ContextResult]:
    """Compute the contextual flags that are missing for ``months`` (default: all months of ``batches``).

    ``batches`` are the live ones, or those of an earlier state of knowledge. A month's file is named by everything it
    depends on, so a second call does nothing; of the older answers a few are kept. Datasets that are not hourly have
    none.
    """
    results = []
    for question in _questions(card, batches, months):
        path = _path(lake, card, question)
        computed = not path.exists()
        if computed:
            _compute(lake, card, question, path)
            _forget_oldest(path.parent)
        results.append(ContextResult(card.id, question.month, path, computed))
    return results


def current(
    lake: Lake, card: Card, batches: Sequence[Batch], months: Iterable[str] | None = None
) -> list[ContextResult]:
    """The answers that are there for exactly these batches; nothing is computed."""
    found = ((q.month, _path(lake, card, q)) for q in _questions(card, batches, months))
    return [ContextResult(card.id, month, path, computed=False) for month, path in found if path.exists()]


def _forget_oldest(folder: Path) -> None:
    answers = sorted(folder.glob("*.parquet"), key=lambda p: (p.stat().st_mtime_ns, p.name))
    for stale in answers[:-ANSWERS_KEPT]:
        stale.unlink()


def _questions(card: Card, batches: Sequence[Batch], months: Iterable[str] | None) -> list[_Month]:
    if not parameters(card):
        return []
    held = {month for batch in batches for month in batch.months}
    wanted = held if months is None else held & set(months)
    return [_question(card, batches, month) for month in sorted(wanted)]


def parameters(card: Card) -> list[tuple[str, float, int, float]]:
    """(item, max_step, repeat_hours, floor) of the items that are compared with their neighbours."""
    return [
        (name, q.max_step or 0.0, q.repeat_hours or 0, FLOOR.get(q.unit, 0.0))
        for name, q in sorted(card.compared_items.items())
    ]


def _question(card: Card, batches: Sequence[Batch], month: str) -> _Month:
    assert card.time is not None
    year, number = (int(part) for part in month.split("-"))
    zone = ZoneInfo(card.time.zone)
    first = datetime(year, number, 1, tzinfo=zone)
    last = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    # A run that reaches into the month is seen whole enough when the margin is the longest credible run.
    margin = max(repeat_hours for _, _, repeat_hours, _ in parameters(card)) * HOUR
    from_at, to_at = first - margin, last + margin
    near = {f"{day:%Y-%m}" for day in (from_at, first, to_at)}
    inside = [b for b in batches if b.first_at and b.last_at and b.last_at > from_at and b.first_at < to_at]
    files = [(b, f.path) for b in inside for f in b.files if f.kind == "core" and f.month in near]
    speakers = tuple(b for b in inside if any(b is held for held, _ in files))
    depends_on = {
        "batches": [b.name for b in speakers],
        "parameters": parameters(card),
        "time": card.time.model_dump(),
        "refused": _refused_tests(),
        "sql": {path.name: path.read_text(encoding="utf-8") for path in sorted(SQL.glob("*.sql"))},
    }
    name = hashlib.sha256(canonical_json(depends_on).encode()).hexdigest()[:16]
    return _Month(month, first, last, from_at, to_at, speakers, tuple(path for _, path in files), name)


def _refused_tests() -> list[str]:
    return [test.test for test in tests_of("row").values() if test.effect == "exclude"]


def _refused(lake: Lake, question: _Month) -> str:
    """A SELECT of the values that the door excludes."""
    files = [lake.root / f.path for b in question.batches for f in b.files if f.kind == "flags"]
    columns = "station_code, item, interval_end_at, authority"
    if not files:
        return "SELECT '' AS station_code, '' AS item, now() AS interval_end_at, 0 AS authority LIMIT 0"
    tests = ", ".join(map(literal, _refused_tests()))
    return f"SELECT DISTINCT {columns} FROM {parquet(files)} JOIN batch USING (batch) WHERE test IN ({tests})"


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _path(lake: Lake, card: Card, question: _Month) -> Path:
    return lake.flags(card.id) / FOLDER / f"month={question.month}" / f"{question.name}.parquet"


def _compute(lake: Lake, card: Card, question: _Month, target: Path) -> None:
    assert card.time is not None
    with connect(lake, card.time.zone) as db:
        db.execute(
            "CREATE TEMP TABLE parameter (item VARCHAR, max_step DECIMAL(12,4), repeat_hours INTEGER, "
            "floor DECIMAL(12,4))"
        )
        db.executemany("INSERT INTO parameter VALUES (?, ?, ?, ?)", parameters(card))
        # Later knowledge speaks; `batches` come in that order.
        db.execute("CREATE TEMP TABLE batch (batch VARCHAR, authority INTEGER, received_at TIMESTAMPTZ)")
        ranked: list[tuple[Any, ...]] = [(b.name, n, b.received_at) for n, b in enumerate(question.batches)]
        db.executemany("INSERT INTO batch VALUES (?, ?, ?)", ranked)
        files = [str(lake.root / path) for path in question.files]
        hours = {"files": files, "from_at": question.from_at, "to_at": question.to_at}
        db.execute(f"CREATE TEMP TABLE refused AS {_refused(lake, question)}")
        db.execute(_sql("hours"), hours)
        db.execute(
            "CREATE TEMP TABLE flagged (station_code VARCHAR, item VARCHAR, interval_end_at TIMESTAMPTZ, "
            "test VARCHAR, value DECIMAL(12,4), authority INTEGER, detail VARCHAR)"
        )
        for test in tests_of("context"):
            # One statement a test: a union of them made the planner choose joins that took four times as long.
            db.execute(f"INSERT INTO flagged BY NAME {_sql(test)}")
        with atomic_path(target) as temporary:
            db.execute(
                f"""COPY (
                    SELECT station_code, item, interval_end_at, {literal(question.month)} AS month, test,
                           value::VARCHAR AS raw, detail, batch, received_at AS raised_at
                    FROM flagged JOIN batch USING (authority)
                    WHERE interval_end_at > {literal(question.first)} AND interval_end_at <= {literal(question.last)}
                    ORDER BY test, station_code, item, interval_end_at
                ) TO {literal(str(temporary))} (FORMAT parquet, COMPRESSION zstd)"""
            )
