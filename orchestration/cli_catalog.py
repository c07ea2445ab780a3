"""Commands that answer "what is there?": where, sources, new dataset, docs. They compute no number."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog.lake import Lake
from ingest.connectors.refusing import human_bytes

console = Console()
WIDTH = 180
STATES = {"ok": "[green]正常[/]", "late": "[red]逾期[/]", "never": "[dim]未到[/]"}


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(where)
    app.command()(sources)
    new = typer.Typer(no_args_is_help=True, help="Begin something new.")
    new.command("dataset")(new_dataset)
    new.callback()(lambda: None)
    app.add_typer(new, name="new")
    app.command()(docs)


def where(thing: Annotated[str, typer.Argument(help="A dataset, model or indicator.")]) -> None:
    """Everything about a dataset, mart or indicator: card, code, models, pages, last arrivals."""
    from orchestration.cli import UsageError
    from orchestration.whereabouts import find

    try:
        about = find(Lake.from_env(), thing)
    except ValueError as error:
        raise UsageError(str(error)) from error
    for heading, lines in about.items():
        console.print(f"[bold]{heading}[/]")
        for line in lines:
            console.print(f"  {line}", highlight=False, soft_wrap=True)


def sources(
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one JSON list, spans in hours.")] = False,
) -> None:
    """Every source: owner, service level, newest value, lag, state, volume, last error."""
    from orchestration.sources import source_states

    states = source_states(Lake.from_env())
    if as_json:
        typer.echo(json.dumps([state.to_json() for state in states], ensure_ascii=False, indent=1))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name in ("dataset", "state", "cadence", "SLA", "lag", "newest", "files", "rows", "size", "via", "owner"):
        table.add_column(
            name, no_wrap=True, justify="right" if name in ("SLA", "lag", "files", "rows", "size") else "left"
        )
    table.add_column("drift")
    table.add_column("last error")
    for row in states:
        table.add_row(
            row.dataset,
            STATES[row.state],
            row.cadence,
            _plain(row.sla),
            _plain(row.lag),
            f"{row.newest_at:%Y-%m-%d}" if row.newest_at else "-",
            f"{row.objects:,}",
            f"{row.rows:,}",
            human_bytes(row.bytes),
            row.transport,
            row.owner,
            escape(", ".join(row.drift)),
            escape(row.last_error or ""),
        )
    # nothing is cut off: a narrower terminal wraps the lines, a pipe gets them whole
    Console(width=max(console.width, WIDTH)).print(table)


def new_dataset(dataset: Annotated[str, typer.Argument(help="<family>__<name>")]) -> None:
    """Begin a dataset: folder with card, parser and fixture that already run."""
    from ingest.card import DATASETS_ROOT
    from ingest.scaffold import ScaffoldError
    from ingest.scaffold import new_dataset as begin
    from orchestration.cli import UsageError

    try:
        folder = begin(DATASETS_ROOT, dataset)
    except ScaffoldError as error:
        raise UsageError(str(error)) from error
    console.print(f"begun: {folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder}")
    console.print("next:  make dataset.yml and parse.py true, then  ecolake docs  and  pytest tests/contract")


def docs(check: Annotated[bool, typer.Option(help="Only tell whether generated files are stale.")] = False) -> None:
    """Write the generated files (dbt sources, card schema) and the data docs of this lake."""
    from ingest.card import CARD_SCHEMA_FILE, all_cards, card_schema_text
    from orchestration.dbt_sources import SOURCES_FILE, render

    stale = False
    for path, text in ((SOURCES_FILE, render(all_cards())), (CARD_SCHEMA_FILE, card_schema_text())):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale = True
            if check:
                console.print(f"stale: {path.name}; run `ecolake docs`")
            else:
                path.write_text(text, encoding="utf-8")
                console.print(f"written: {path.name}")
    if check:
        raise typer.Exit(1 if stale else 0)
    lake = Lake.from_env()
    if lake.root.is_dir():
        from quality.data_docs import write

        console.print(f"data docs: {write(lake)}")


def _plain(lag: timedelta | None) -> str:
    if lag is None:
        return "-"
    hours = lag.total_seconds() / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} d"
