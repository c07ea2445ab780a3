"""``ecolake export``: give a feed to its recipient, list the feeds, show and check the log of what left.

Words in, words out; everything else is in ``sharing``. Exit codes: 0 done, 1 refused (or the log does not hold), 2 the
call was wrong.
"""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from catalog.lake import Lake
from catalog.publication.manifest import Level

FAILED, WRONG = 1, 2
PIPE_WIDTH = 240


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(export)


def export(
    feed: Annotated[str | None, typer.Argument(help="Name of a card catalog/exports/<feed>.yml.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for packages; default <lake>/exports/packages.", show_default=False)
    ] = None,
    publication: Annotated[str | None, typer.Option(help="Publication id; the current one when left out.")] = None,
    by: Annotated[str, typer.Option(help="Who gives it; default the system's user.", show_default=False)] = "",
    list_: Annotated[bool, typer.Option("--list", help="All feeds and whether they are valid today.")] = False,
    log_: Annotated[bool, typer.Option("--log", help="What left and what was refused; checks the chain.")] = False,
) -> None:
    """Write a feed's package: CSV, Parquet, Data Package v2, SHA-256 sums; every grant and refusal is logged."""
    if (feed is not None) + list_ + log_ != 1:
        _stop("say one of: a feed, --list, --log", WRONG)
    if list_:
        _list()
    elif log_:
        _log()
    else:
        _export(str(feed), out, publication, by)


def _export(name: str, out: Path | None, publication: str | None, by: str) -> None:
    from catalog.publication.errors import PublicationError, UnknownPublicationError
    from ingest.landing import now
    from sharing import FeedError, LogError, RefusedError
    from sharing import export as give
    from sharing.feed import read_feeds

    lake = Lake.from_env()
    target = (out or lake.root / "exports" / "packages").resolve()
    who = by or getpass.getuser()
    try:
        package = give(
            lake, read_feeds(), name, out=target, at=now(), by=who, publication=publication, levels_today=_levels_today
        )
    except (FeedError, UnknownPublicationError) as error:
        _stop(str(error), WRONG)
    except (RefusedError, PublicationError, LogError) as error:
        _stop(f"{name} refused: {error}", FAILED)
    typer.echo(f"{package.folder}\n{package.rows:,} rows; SHA256SUMS {package.seal}")


def _levels_today(table: str) -> dict[str, Level]:
    from orchestration.column_words import words_today
    from sharing.policy import NEVER

    return {words.name: words.level or NEVER for words in words_today(table)}


def _list() -> None:
    from ingest.landing import now
    from sharing.export import ZONE
    from sharing.feed import read_feeds

    feeds = read_feeds()
    today: date = now().astimezone(ZONE).date()
    table = _table("feed", "state", "valid", "recipient", "table", "columns", "ceiling", "agreement")
    for name, feed in feeds.good.items():
        state = feed.state(today)
        shown = f"[green]{state}[/]" if state == "active" else f"[yellow]{state}[/]"
        what = (feed.recipient.both, feed.table, str(len(feed.columns)), feed.ceiling, feed.agreement.reference)
        table.add_row(name, shown, f"{feed.valid_from} – {feed.valid_to}", *map(escape, what))
    _console().print(table)
    if feeds.faulty:
        _stop("; ".join(map(str, feeds.faulty.values())), FAILED)


def _log() -> None:
    from sharing import log

    reading = log.read(Lake.from_env())
    table = _table("at", "by", "feed", "outcome", "level", "rows", "publication", "package", "reason")
    for line in reading.lines:
        outcome = "[green]granted[/]" if line["outcome"] == "granted" else "[yellow]refused[/]"
        seal = line["package"][:16]
        facts = (line["at"][:19], line["by"], line["feed"])
        rest = (line["level"], f"{line['rows']:,}", line["publication"], seal, line["reason"])
        table.add_row(*map(escape, facts), outcome, *map(escape, rest))
    _console().print(table)
    typer.echo(f"{len(reading.lines)} entries; head {reading.head}")
    if reading.faults:
        _stop(f"the log was altered: {'; '.join(reading.faults)}", FAILED)


def _stop(message: str, code: int) -> NoReturn:
    Console(stderr=True).print(f"[red]ecolake export:[/] {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def _console() -> Console:
    """Standard output; wide where it is no terminal, so that nothing is folded in a log or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def _table(*headers: str) -> Table:
    return Table(*(Column(header, overflow="fold") for header in headers))
