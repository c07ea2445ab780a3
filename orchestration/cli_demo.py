"""``ecolake demo``: the table of what became of every simulated feed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer
from rich.table import Table

from catalog.lake import Lake
from orchestration.cli import EXIT_FAILED, UsageError, console


def demo(
    days: Annotated[int, typer.Option(help="How many days the feeds speak of, up to 2026-10-31.")] = 730,
    scale: Annotated[float, typer.Option(help="Share of the places, for a quick look.")] = 1.0,
    seed: Annotated[int, typer.Option()] = 20260301,
    publish: Annotated[bool, typer.Option(help="Compute the indicators and release them.")] = True,
) -> None:
    """Send every dataset's simulated feed through the whole system, and compare what arrives with what is true.

    Offline. Exit code 1 when a dataset sends nothing, its rows do not add up, or it differs from the truth.
    """
    from ingest.simulate.feeds import World
    from orchestration.demo import demo as send
    from orchestration.report import Log

    if not 70 <= days <= 730 or not 0 < scale <= 1:
        raise UsageError("--days: expected 70 to 730; --scale: expected above 0, at most 1")
    last = date(2026, 10, 31)
    world = World(seed, last - timedelta(days=days - 1), last, scale)
    report = send(Lake.from_env(), world, Log(), publish=publish)
    table = Table("dataset", "files", "rows in", "accepted", "quarantined", "duplicates", "gate", "s", "true")
    for name in table.columns[1:6]:
        name.justify = "right"
    for o in report.outcomes:
        gate = " ".join(f"{n} {word}" for n, word in ((o.passed, "pass"), (o.warned, "warn"), (o.failed, "fail")) if n)
        rows = (f"{n:,}" for n in (o.files, o.rows_in, o.accepted, o.quarantined, o.duplicates))
        mark = "[green]yes[/]" if o.is_true and o.expected else "[green]closes[/]" if o.is_true else "[red]NO[/]"
        table.add_row(o.dataset, *rows, gate, f"{o.seconds:.1f}", mark)
    console.print(table)
    total = sum(o.rows_in for o in report.outcomes)
    console.print(
        f"{len(report.outcomes)} datasets, {total:,} rows in; {report.seconds:.0f} s, peak {report.peak_mib:,.0f} MiB"
    )
    if report.publication is not None:
        console.print(f"publication {report.publication}: open it with `ecolake app`")
    if not report.is_true:
        raise typer.Exit(EXIT_FAILED)
