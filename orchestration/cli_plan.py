"""``ecolake plan …``: which datasets serve the systems the plan names."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from catalog import plan
from ingest.card import readable_cards
from orchestration.cli import EXIT_FAILED, UsageError, console, errors

app = typer.Typer(no_args_is_help=True, add_completion=False)

# hours are left out: they lie in Parquet beside the database, and no system has only hours
VALUES = """
    WITH held AS (SELECT indicator_code, count(value) AS n_values FROM indicator_values GROUP BY indicator_code),
    named AS (
        SELECT name_zh, unnest(string_split(indicator_list, ',')) AS indicator_code
        FROM plan_coverage WHERE indicators > 0
    )
    SELECT coverage.clause, coverage.name_zh, coverage.datasets, coverage.indicators,
        coalesce(sum(held.n_values), 0)::BIGINT AS n_values, nullif(coverage.no_feed_reason_zh, '')
    FROM plan_coverage AS coverage
    LEFT JOIN named USING (name_zh)
    LEFT JOIN held USING (indicator_code)
    GROUP BY ALL ORDER BY coverage.clause, coverage.name_zh
"""


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


@app.command()
def values() -> None:
    """The whole way in the current publication: clause, system, datasets, indicators, values. Exit code 1 for a gap."""
    from catalog.lake import Lake
    from catalog.publication import PublicationError, connect

    try:
        with connect(Lake.from_env()) as library:
            rows = library.execute(VALUES).fetchall()
    except PublicationError as error:
        raise UsageError(str(error)) from error
    table = Table(title=f"{len(rows)} systems", title_justify="left")
    numbers = ("datasets", "indicators", "values")
    for name in ("条款", "系统", *numbers, "why nothing is sent"):
        table.add_column(name, overflow="fold", justify="right" if name in numbers else "left")
    for clause, system, datasets, indicators, n_values, reason in rows:
        table.add_row(clause, system, f"{datasets:,}", f"{indicators:,}", f"{n_values:,}", reason or "")
    console.print(table)
    if gaps := [row[1] for row in rows if not row[5] and not row[4]]:
        errors.print(f"[red]no value: {', '.join(gaps)}[/]", highlight=False)
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
