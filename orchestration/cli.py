"""The command line: each command parses its words and calls one function of the layer that knows.

Exit codes: 0 done · 1 failed · 2 the call was wrong · 3 done, but something was refused, held or could not be read.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from catalog.lake import Lake
from catalog.publication.manifest import Manifest

app = typer.Typer(no_args_is_help=True, add_completion=False, help="ecolake: data lake, indicators, publications.")
console = Console()
errors = Console(stderr=True)

EXIT_FAILED, EXIT_USAGE, EXIT_TROUBLED = 1, 2, 3
REPOSITORY = Path(__file__).parent.parent


class UsageError(Exception):
    """A user's mistake: shown as one line, exit code 2."""


def main() -> None:
    """Entry point of ``ecolake``: a user's mistake is a sentence, not a stack trace."""
    from orchestration import (
        cli_cards,
        cli_catalog,
        cli_demo,
        cli_effort,
        cli_export,
        cli_flags,
        cli_hj212,
        cli_kb,
        cli_metrics,
        cli_plan,
        cli_profile,
        cli_publications,
    )

    app.add_typer(cli_cards.app, name="cards", help="The datasets' contracts: check, keep, export.")
    app.add_typer(cli_hj212.app, name="hj212", help="Packets of pollution sources: receive, replay, send.")
    app.add_typer(cli_effort.app, name="effort", help="What of a change was effort, what weather or flow; how sure.")
    app.add_typer(cli_flags.app, name="flag", help="Say what is wrong, or right, with values; with history and undo.")
    app.add_typer(cli_kb.app, name="kb", help="Knowledge library: search, entities, upstream, targets, regions, terms.")
    app.add_typer(cli_metrics.app, name="metrics", help="Indicators: which there are, what they mean, their values.")
    app.add_typer(cli_plan.app, name="plan", help="What the plan names, and which datasets serve it.")
    cli_publications.register(app, rebuild=_rebuild)
    cli_catalog.register(app)
    cli_export.register(app)
    app.command()(cli_demo.demo)
    app.command()(cli_profile.profile)
    try:
        app()
    except UsageError as error:
        errors.print(f"[red]ecolake:[/] {error}", highlight=False)
        sys.exit(EXIT_USAGE)


@app.command()
def run(
    source: Annotated[
        list[Path] | None, typer.Option(help="File, folder or archive to bring in; may be given several times.")
    ] = None,
    select: Annotated[list[str] | None, typer.Option(help="Only these datasets.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")] = None,
    to: Annotated[str | None, typer.Option(help="Last month, YYYY-MM.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Use only what was known at this instant (ISO 8601, UTC).")] = None,
    until: Annotated[str, typer.Option(help="Last step: land, parse, check, transform or publish.")] = "publish",
    live: Annotated[bool, typer.Option(help="Also fetch from the addresses in the cards.")] = False,
    demo: Annotated[bool, typer.Option(help="Bring in the simulated demo feeds.")] = False,
    full_refresh: Annotated[bool, typer.Option(help="Compute every month again.")] = False,
    tests: Annotated[bool, typer.Option(help="Run dbt's tests; a release needs them.")] = True,
    json_log: Annotated[bool, typer.Option(help="JSON lines on standard error instead of progress bars.")] = False,
) -> None:
    """Bring in, parse, check, compute and publish whatever is new. Safe to stop and to repeat."""
    from orchestration.report import Log
    from orchestration.runner import STEPS, RunOptions, execute

    if until not in STEPS:
        raise UsageError(f"--until {until}: expected one of {', '.join(STEPS)}")
    for path in source or []:
        if not path.exists():
            raise UsageError(f"--source {path}: no such file or folder")
    options = RunOptions(
        sources=tuple(source or ()),
        select=tuple(select or ()),
        months=_months(from_, to),
        as_of=_instant(as_of),
        until=until,
        live=live,
        demo=demo,
        full_refresh=full_refresh,
        tests=tests,
    )
    log = Log(as_json=json_log)
    try:
        summary = execute(Lake.from_env(), options, log)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except RuntimeError as error:
        errors.print(f"[red]ecolake run failed:[/] {error}", highlight=False)
        raise typer.Exit(EXIT_FAILED) from error
    if not json_log:
        console.print(summary.text(), highlight=False)
    if log.troubles and any(n.level == "error" for n in log.troubles):
        raise typer.Exit(EXIT_TROUBLED)


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder for the feeds.")],
    seed: Annotated[int, typer.Option()] = 20260301,
    scale: Annotated[float, typer.Option(help="Share of stations and days, for a quick look.")] = 1.0,
) -> None:
    """Write the offline demo feeds in the providers' formats, with their known truth beside them."""
    from ingest.simulate import simulate as write_feeds

    try:
        truth = write_feeds(out, seed=seed, scale=scale)
    except ValueError as error:
        raise UsageError(str(error)) from error
    console.print(f"{len(truth.files)} files, {truth.values:,} values of {truth.stations} stations below {out}")


@app.command("app")
def app_(
    port: Annotated[int, typer.Option()] = 8501,
    host: Annotated[
        str, typer.Option(help="The pages have no login: others see them only if you say so.")
    ] = "localhost",
) -> None:
    """Open the pages over the current publication."""
    page = REPOSITORY / "streamlit_app" / "app.py"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        "--server.port",
        str(port),
        "--server.address",
        host,
    ]
    quiet = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    os.execv(command[0], [*command, *quiet])  # noqa: S606 - fixed command


@app.command()
def dev(port: Annotated[int, typer.Option()] = 3000) -> None:
    """Open Dagster's own page: assets, lineage, checks, schedules."""
    from orchestration.dagster_defs.home import prepare_home
    from orchestration.dagster_defs.manifest import ensure_manifest

    lake = Lake.from_env()
    try:
        ensure_manifest(lake)
    except RuntimeError as error:
        errors.print(f"[red]ecolake dev failed:[/] {error}", highlight=False)
        raise typer.Exit(EXIT_FAILED) from error
    os.environ["DAGSTER_HOME"] = str(prepare_home(lake))
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    arguments = ["-m", "dagster", "dev", "-m", "orchestration.definitions", "-p", str(port)]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - fixed command


def _rebuild(manifest: Manifest, folder: Path) -> Path:
    from orchestration.rebuild import from_landed_bytes

    return from_landed_bytes(manifest, folder)


def _months(first: str | None, last: str | None) -> tuple[str, str] | None:
    for name, value in (("--from", first), ("--to", last)):
        if value is not None:
            try:
                datetime.strptime(value, "%Y-%m").replace(tzinfo=UTC)
            except ValueError as error:
                raise UsageError(f"{name} {value}: expected a month as YYYY-MM") from error
    if first is None and last is None:
        return None
    months = (first or "0000-01", last or "9999-12")
    if months[0] > months[1]:
        raise UsageError(f"--from {months[0]} is after --to {months[1]}")
    return months


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text}: expected an instant such as 2026-11-22T08:00:00+00:00") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
