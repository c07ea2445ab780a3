"""``ecolake plan …``: which datasets serve the systems the plan names."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from catalog import plan
from ingest.card import readable_cards
from orchestration.cli import EXIT_FAILED, console, errors

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """Keep ``coverage`` a word of its own: with a single command typer would swallow it."""


@app.command()
def coverage(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")] = False,
) -> None:
    """Every system of the plan with the datasets that serve it, or why none does. Exit code 1 when one has neither."""
    cards, faults = readable_cards()
    serves = {card.id: card.serves for card in cards.values()}
    rows, strangers = plan.coverage(serves), plan.unknown(serves)
    if as_json:
        document = [row.system.model_dump() | {"datasets": row.datasets, "open": row.is_open} for row in rows]
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        console.print(_table(rows))
    told = [str(fault) for fault in faults]
    told += [f"{dataset}: serves {name!r}, which the plan does not name" for dataset, name in strangers]
    told += [f"open: {row.system.name_zh} (clause {row.system.clause})" for row in rows if row.is_open]
    for line in told:
        errors.print(f"[red]{line}[/]", highlight=False)
    if told:
        raise typer.Exit(EXIT_FAILED)


def _table(rows: list[plan.Coverage]) -> Table:
    served = sum(bool(row.datasets) for row in rows)
    still_open = sum(row.is_open for row in rows)
    counts = f"{served} served, {len(rows) - served - still_open} send nothing, {still_open} open"
    table = Table(title=f"{len(rows)} systems: {counts}", title_justify="left")
    for name in ("条款", "系统", "kind", "datasets, or why there are none"):
        table.add_column(name, overflow="fold")
    for row in rows:
        s = row.system
        reason = f"— {s.no_feed_reason_zh} / {s.no_feed_reason_en}" if s.no_feed_reason_zh else "[red]open[/]"
        table.add_row(s.clause, s.name_zh, s.kind, ", ".join(row.datasets) or reason)
    return table
