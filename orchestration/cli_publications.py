"""The sub-commands on publications: publications, verify, trace, diff, rollback.

Arguments in, words or JSON out; everything else is in ``catalog.publication``. Does not belong here: ``publish``, which
needs a run. Exit codes: 0 well, 1 a check failed, 2 the question or the command was wrong.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table

from catalog import publication as pub
from catalog.lake import Lake
from catalog.publication.tree import draw
from ingest.landing import now

FAILED = 1
WRONG = 2
PIPE_WIDTH = 240
Tell = Callable[[str, int, int], None]

PublicationId = Annotated[
    str | None, typer.Argument(help="Id or a part of it; the current publication when left out.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: JSON on standard output.")]


def register(app: typer.Typer, *, rebuild: pub.Rebuild | None = None) -> None:
    """Add the commands to ``app``; ``rebuild`` makes a scratch from landed bytes and gives ``verify`` its --rebuild."""
    app.command("publications")(list_publications)
    app.command("verify")(_verify_command(rebuild))
    app.command("trace")(trace)
    app.command("diff")(diff)
    app.command("rollback")(rollback)


@contextmanager
def _user_mistakes() -> Iterator[None]:
    """A user's mistake ends in one clear message, not in a stack trace."""
    try:
        yield
    except pub.PublicationError as error:
        Console(stderr=True).print(f"[red]error:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(WRONG) from error


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on standard error, gone when the work is done; silent where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("")
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def _console() -> Console:
    """Standard output; wide where it is no terminal, so that nothing is folded in a log or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def _table(*headers: str) -> Table:
    """Columns fold rather than lose characters: an id must be readable to be copied."""
    return Table(*(Column(header, overflow="fold") for header in headers))


def list_publications(as_json: AsJson = False) -> None:
    """List publications, oldest first; ● marks the current one."""
    lake = Lake.from_env()
    current = pub.current_id(lake)
    rows = [{"id": each.id, "current": each.id == current} | _facts(each) for each in pub.publications(lake)]
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        typer.echo(f"nothing is published in {lake.root}; publish first: ecolake publish")
        return
    table = _table("", "id", "as of", "content hash", "rows", "restated", "withdrawn", "profile")
    for row in rows:
        mark = "●" if row["current"] else ""
        if "fault" in row:
            table.add_row(mark, str(row["id"]), f"[red]damaged, see: ecolake verify {row['id']}[/red]")
            continue
        profile = f"{row['profile']}{' (simulated 模拟)' if row['simulated'] else ''}"
        cells = (row["id"], row["as_of"], str(row["content_hash"])[:16], f"{row['rows']:,}")
        table.add_row(mark, *map(str, (*cells, row["restated"], row["withdrawn"], profile)))
    _console().print(table)


def _facts(publication: pub.Publication) -> dict[str, object]:
    """What a line of the list says; one damaged publication does not hide the others."""
    try:
        manifest = publication.manifest
    except pub.PublicationError as error:
        return {"fault": str(error)}
    return {
        "built_at": manifest.built_at.isoformat(timespec="seconds"),
        "as_of": manifest.as_of.isoformat(timespec="seconds"),
        "content_hash": manifest.content_hash,
        "rows": manifest.rows,
        "restated": manifest.changes.restated,
        "withdrawn": manifest.changes.withdrawn,
        "profile": manifest.profile,
        "simulated": manifest.simulated,
    }


def _verify_command(rebuild: pub.Rebuild | None) -> Callable[..., None]:
    """The command, with ``--rebuild`` only where the numbers can be computed again."""

    def verify(
        publication: PublicationId = None,
        quick: Annotated[bool, typer.Option("--quick", help="Bytes only; rows are not digested.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Check every byte of a publication, of core and of landing behind it; name what is wrong."""
        _report(_checked(publication, quick=quick), as_json)

    def verify_or_rebuild(
        publication: PublicationId = None,
        quick: Annotated[bool, typer.Option("--quick", help="Bytes only; rows are not digested.")] = False,
        again: Annotated[bool, typer.Option("--rebuild", help="Also compute all again from the landed bytes.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Check every byte of a publication, of core and of landing behind it; name what is wrong."""
        result = _checked(publication, quick=quick)
        # Computing from damaged bytes would only repeat what is known already.
        if again and result.ok and rebuild is not None:
            with _user_mistakes(), _progress() as tell:
                result.findings += pub.recompute(Lake.from_env(), result.publication, rebuild, progress=tell)
        _report(result, as_json)

    return verify if rebuild is None else verify_or_rebuild


def _checked(publication: str | None, *, quick: bool) -> pub.Verification:
    with _user_mistakes(), _progress() as tell:
        return pub.verify(Lake.from_env(), publication, deep=not quick, progress=tell)


def _report(result: pub.Verification, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(result) | {"ok": result.ok}, ensure_ascii=False, indent=1))
    else:
        for finding in result.findings:
            typer.echo(f"{finding.kind.upper()} {finding.path}\n    holds: {finding.holds}\n    {finding.detail}")
        size = f"{result.files:,} files, {result.size_bytes / 1e6:,.1f} MB, {result.rows:,} rows"
        verdict = "intact" if result.ok else f"{len(result.findings)} fault(s)"
        typer.echo(f"{result.publication}: {verdict} ({size} checked)")
    if not result.ok:
        raise typer.Exit(FAILED)


def trace(
    indicator: Annotated[str, typer.Argument(help="Code in the indicator catalog, such as air_pm25_year.")],
    region: Annotated[str, typer.Argument(help="Code, or Chinese name with or without 市/县/区: 330100, 杭州.")],
    period: Annotated[
        str,
        typer.Argument(help="2019, 2019-Q1, 2019-03, 2019-03-05, 2019-03-05T13 (hour ending 13:00), 2019-ytd."),
    ],
    *,
    edition: Annotated[str | None, typer.Option(help="Edition of the rules, when there are several.")] = None,
    publication: Annotated[str | None, typer.Option(help="Publication id; the current one when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Walk from a published number back to the bytes it came from."""
    with _user_mistakes():
        found = pub.trace(Lake.from_env(), indicator, region, period, edition=edition, publication=publication)
    if as_json:
        typer.echo(found.to_json())
    else:
        _console().print(draw(found))


def diff(
    before: Annotated[str, typer.Argument(help="Id of the earlier publication, or a part of it.")],
    after: PublicationId = None,
    top: Annotated[int, typer.Option(min=0, help="How many of the largest changes to list.")] = 20,
    csv: Annotated[Path | None, typer.Option(help="Write every changed value to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two publications, down to the single value."""
    with _user_mistakes():
        lake = Lake.from_env()
        found = pub.diff(lake, before, after, top=top)
        written = pub.write_csv(lake, before, after, csv) if csv else 0
    if as_json:
        typer.echo(found.to_json())
        return
    console = _console()
    console.print(f"{found.before} → {found.after}: {len(found.partitions)} partition(s) differ")
    tables = _table("table", "added", "removed", "changed", "rows before", "rows after")
    for name in sorted({change.table for change in found.partitions}):
        mine = [change for change in found.partitions if change.table == name]
        kinds = (str(sum(c.change == kind for c in mine)) for kind in ("added", "removed", "changed"))
        rows = (f"{sum(c.rows_before for c in mine):,}", f"{sum(c.rows_after for c in mine):,}")
        tables.add_row(name, *kinds, *rows)
    summary = _table("indicator", "period", "added", "removed", "changed", "same value", "largest relative change")
    for line in found.summary:
        largest = "" if line.largest_relative_change is None else f"{line.largest_relative_change:.2%}"
        counts = (line.added, line.removed, line.changed, line.same_value)
        summary.add_row(line.indicator_code, line.period_type, *(f"{n:,}" for n in counts), largest)
    changes = _table("indicator", "region", "period", "before", "after", "difference", "relative", "status")
    for row in found.top:
        relative = "" if row["relative_change"] is None else f"{row['relative_change']:+.2%}"
        place, start = f"{row['region_code']} ({row['region_level']})", f"{row['period_type']} {row['period_start']}"
        values = (row["text_before"] or row["value_before"], row["text_after"] or row["value_after"], row["difference"])
        shown = ("no value" if value is None else str(value) for value in values)
        changes.add_row(row["indicator_code"], place, start, *shown, relative, row["status_after"])
    for table in (tables, summary, changes):
        if table.row_count:
            console.print(table)
    if csv:
        console.print(f"{written:,} values written to {csv}")


def rollback(
    publication: Annotated[str, typer.Argument(help="Id of the publication to return to, or a part of it.")],
    reason: Annotated[str, typer.Option(prompt=True, help="Why; recorded for those who ask later.")],
    by: Annotated[str, typer.Option(help="Who decides; the system's user when left out.", show_default=False)] = "",
) -> None:
    """Check an older publication and make it the current one; who and why are recorded."""
    with _user_mistakes(), _progress() as tell:
        lake = Lake.from_env()
        who = by or getpass.getuser()
        chosen = pub.rollback(lake, publication, by=who, reason=reason, at=now(), progress=tell)
    typer.echo(f"{chosen.id} is the current publication")
