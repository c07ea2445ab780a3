"""Data docs: what arrived, what was turned away and why, verdicts, flags and reconciliation, as pages a person opens.

Static HTML in ``lake/reports/quality`` without outside assets, rewritten from the lake each time. Does not belong here:
any judgement; a page shows what the other modules found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import polars as pl

from catalog.lake import Lake, atomic_path
from ingest.card import Card, readable_cards
from ingest.landing import now
from quality import context, flags, gate, reconciliation
from quality.flag_events import Event, active, entity_column
from quality.gate import GateResult
from quality.reading import connect, live, parquet
from quality.registry import tests

TEMPLATES = Path(__file__).parent / "templates"
# A year of daily files is shown whole; older batches are counted.
MOST_BATCHES = 400
EXAMPLES = 3
EXAMPLE_CHARACTERS = 240
STATUSES = ("fail", "warn", "pass")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class DatasetPage:
    """Everything shown about one dataset; batches are newest first."""

    card: Card
    batches: Sequence[Row]
    results: list[GateResult]
    held: set[str]
    flags: Sequence[Row]
    events: list[Event]
    rejects: Sequence[Row]

    def total(self, column: str) -> int:
        """Sum over all batches."""
        return sum(row[column] for row in self.batches)

    @property
    def problems(self) -> list[Row]:
        """Batches whose reconciliation does not close."""
        return [row for row in self.batches if not row["closes"]]

    @property
    def verdicts(self) -> dict[str, int]:
        """How many batches have which verdict, worst first."""
        counts = Counter(result.status for result in self.results)
        return {status: counts[status] for status in STATUSES if counts[status]}

    @property
    def n_flags(self) -> int:
        """Automatic flags that hold."""
        return sum(flag["n_values"] for flag in self.flags)


def write(lake: Lake) -> Path:
    """Write an index and a page for every dataset that has received something; returns the index."""
    cards, _ = readable_cards()
    closing = reconciliation.report(lake, cards).partition_by("dataset", as_dict=True)
    pages = [_page(lake, card, closing[name,]) for name, card in sorted(cards.items()) if (name,) in closing]
    folder = lake.reports / "quality"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    shared = {"written_at": f"{now():%Y-%m-%d %H:%M} UTC", "tests": tests(), "most": MOST_BATCHES}
    for page in pages:
        facts = {
            **{
                name: getattr(page, name)
                for name in ("card", "held", "flags", "events", "rejects", "batches", "verdicts")
            },
            "results": page.results[:MOST_BATCHES],
            "n_results_hidden": max(0, len(page.results) - MOST_BATCHES),
            "barred": [column for column in page.card.columns if column.barred],
        }
        _render(environment, "dataset.html.j2", folder / f"{page.card.id}.html", shared | facts)
    _render(environment, "index.html.j2", folder / "index.html", shared | {"pages": pages})
    return folder / "index.html"


def _render(environment: jinja2.Environment, template: str, target: Path, facts: dict[str, Any]) -> None:
    with atomic_path(target) as temporary:
        temporary.write_text(environment.get_template(template).render(facts), encoding="utf-8")


def _page(lake: Lake, card: Card, closing: pl.DataFrame) -> DatasetPage:
    newest_first = list(reversed(closing.to_dicts()))
    arrival = {row["batch"]: n for n, row in enumerate(newest_first)}
    judged = [result for result in gate.results(lake, card.id) if result.batch in arrival]
    damaged = {row["batch"] for row in newest_first if not row["closes"]}
    return DatasetPage(
        card=card,
        batches=newest_first,
        results=sorted(judged, key=lambda r: (STATUSES.index(r.status), arrival[r.batch])),
        held=gate.held_batches(lake, card.id),
        flags=_flags(lake, card, damaged),
        events=active(lake, card.id),
        rejects=_rejects(lake, card, damaged),
    )


def _flags(lake: Lake, card: Card, damaged: set[str]) -> Sequence[Row]:
    """Flags that hold by test and item; batches with damaged files are left out, the reconciliation names them."""
    batches = live(lake, card)
    contextual = [found.path for found in context.current(lake, card, batches)]
    view = flags.view_sql(lake, card, [b for b in batches if b.name not in damaged], contextual)
    with connect(lake) as db:
        return db.execute(
            f"SELECT test, item, effect, count(*) AS n_values, count(DISTINCT {entity_column(card)}) AS n_entities, "
            f"min(detail) AS example FROM ({view}) GROUP BY ALL ORDER BY ALL"
        ).pl().to_dicts()  # fmt: skip


def _rejects(lake: Lake, card: Card, damaged: set[str]) -> Sequence[Row]:
    """Reasons of the live batches with the first few raw texts each."""
    readable = [b for b in live(lake, card) if b.name not in damaged]
    files = [lake.root / f.path for b in readable for f in b.files if f.kind == "quarantine"]
    if not files:
        return []
    with connect(lake) as db:
        return db.execute(
            "SELECT fate, reason, count(*) AS n_rows, "
            f"list(left(raw, {EXAMPLE_CHARACTERS}) ORDER BY batch, line)[:{EXAMPLES}] AS examples "
            f"FROM {parquet(files)} GROUP BY ALL ORDER BY fate DESC, n_rows DESC, reason"
        ).pl().to_dicts()  # fmt: skip
