"""``ecolake flag``: say what is wrong, or right, with values; see who said what; take it back."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog.lake import Lake
from ingest.card import Card, all_cards
from orchestration.cli import UsageError
from quality import context, flag_events, flags, gate
from quality.flag_events import Event, FlagError, Selector
from quality.reading import connect, live
from quality.registry import tests

app = typer.Typer(no_args_is_help=True, add_completion=False)
console = Console()

Dataset = Annotated[str, typer.Argument(help="Dataset id, such as air__cnemc_station_hourly.")]
TestName = Annotated[str, typer.Argument(metavar="TEST", help="A test of `ecolake flag tests`.")]
Entity = Annotated[
    str | None, typer.Option("--station", "--entity", help="Whose values: a station, a city; default all.")
]
Item = Annotated[str | None, typer.Option(help="Item or column, such as pm25_ug_m3; default all.")]
From = Annotated[str | None, typer.Option("--from", help="Begin, in the dataset's zone: 2026-01-31T13:00.")]
To = Annotated[str | None, typer.Option("--to", help="End; a value is meant when its interval lies in between.")]
By = Annotated[str | None, typer.Option(help="Who says it; default the user's name.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the history.")]


@app.command()
def add(
    dataset: Dataset, test: TestName, *, reason: Reason, station: Entity = None, item: Item = None, from_: From = None,
    to: To = None, by: By = None,
) -> None:  # fmt: skip
    """Raise a flag: invalid, maintenance or confirmed_good."""
    with _mistakes():
        chosen = _selector(dataset, station, item, from_, to)
        event = flag_events.add(Lake.from_env(), dataset, test, chosen, by=_who(by), reason=reason)
    _tell(event)


@app.command()
def lift(
    dataset: Dataset, test: TestName, *, reason: Reason, station: Entity = None, item: Item = None, from_: From = None,
    to: To = None, by: By = None,
) -> None:  # fmt: skip
    """Take an automatic test's flags off values; what arrives later is tested anew."""
    with _mistakes():
        chosen = _selector(dataset, station, item, from_, to)
        event = flag_events.lift(Lake.from_env(), dataset, test, chosen, by=_who(by), reason=reason)
    _tell(event)


@app.command()
def undo(
    event_id: Annotated[str, typer.Argument(help="An event of `ecolake flag history`.")], reason: Reason, by: By = None
) -> None:
    """Take back an event; an undo can be undone."""
    with _mistakes():
        event = flag_events.undo(Lake.from_env(), event_id, by=_who(by), reason=reason)
    _tell(event)


@app.command("list")
def list_(
    dataset: Dataset, *, station: Entity = None, item: Item = None, test: Annotated[str | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(help="Rows shown.")] = 40,
) -> None:  # fmt: skip
    """Show the flags that hold: by test and item, then the newest."""
    with _mistakes():
        card = _card(dataset)
    lake = Lake.from_env()
    batches = live(lake, card)
    contextual = context.current(lake, card, batches)
    view = flags.view_sql(lake, card, batches, [found.path for found in contextual])
    column = flag_events.entity_column(card)
    wanted = "coalesce(item = $item, true) AND coalesce(test = $test, true) AND coalesce(entity = $entity, true)"
    asked = {"item": item, "test": test, "entity": station}
    moment = "interval_end_at" if card.time else "NULL::TIMESTAMPTZ"
    with connect(lake, card.time.zone if card.time else "UTC") as db:
        db.execute(f"CREATE TEMP VIEW flag AS SELECT *, {column} AS entity, {moment} AS moment FROM ({view})")
        total = db.execute(
            "SELECT test, item, effect, count(*), count(DISTINCT entity) FROM flag "
            f"WHERE {wanted} GROUP BY ALL ORDER BY ALL",
            asked,
        ).fetchall()
        newest = db.execute(
            f"SELECT strftime(moment, '%Y-%m-%d %H:%M'), entity, item, test, effect, detail FROM flag WHERE {wanted} "
            "ORDER BY moment DESC, entity, item, test LIMIT $limit",
            asked | {"limit": limit},
        ).fetchall()
    _print(["test", "item", "effect", "flags", column], total, "Automatic flags that hold")
    _print(["interval end", column, "item", "test", "effect", "detail"], newest, f"The newest {limit}")
    _print_events(flag_events.active(lake, dataset), "What people said and holds")
    if context.parameters(card) and (open_ := {m for b in batches for m in b.months} - {c.month for c in contextual}):
        months = ", ".join(sorted(open_))
        console.print(f"Contextual tests have not run on the present data of {months}: ecolake run --until check")


@app.command()
def history(dataset: Annotated[str | None, typer.Argument(help="Dataset id; default all.")] = None) -> None:
    """Show every event, undone ones too."""
    lake = Lake.from_env()
    with _mistakes():
        if dataset:
            _card(dataset)
    standing = {event.event_id for event in flag_events.active(lake, dataset)}
    _print_events(flag_events.history(lake, dataset), "Flag history", standing)


@app.command("tests")
def tests_() -> None:
    """Show every test, what it does to a value, and why."""
    rows = [(t.test, t.level, t.effect, t.zh, t.en, t.why) for t in tests().values()]
    _print(["test", "level", "effect", "名称", "name", "why"], rows, "Tests")


@contextmanager
def _mistakes() -> Iterator[None]:
    """A user's mistake becomes one line and exit code 2."""
    try:
        yield
    except (FlagError, gate.GateError) as error:
        raise UsageError(str(error)) from error


def _card(dataset: str) -> Card:
    if dataset not in all_cards():
        raise FlagError(f"no dataset {dataset!r}; there are {', '.join(sorted(all_cards()))}")
    return all_cards()[dataset]


def _selector(dataset: str, entity: str | None, item: str | None, from_: str | None, to: str | None) -> Selector:
    card = _card(dataset)
    moments = [None if text is None else flag_events.instant(card, text) for text in (from_, to)]
    return Selector(entity, item, *moments)


def _who(by: str | None) -> str:
    return by if by is not None else getpass.getuser()


def _tell(event: Event) -> None:
    console.print(
        f"{event.action} {event.test} on {event.dataset}: event {event.event_id}", highlight=False, soft_wrap=True
    )


def _print_events(events: list[Event], title: str, standing: set[str] | None = None) -> None:
    rows = []
    for e in events:
        undone = standing is not None and e.action != "undo" and e.event_id not in standing
        says = f"undo {e.supersedes}" if e.supersedes else f"{e.action} {e.test}"
        whose = f"{e.dataset}\n{e.selector.entity or 'all'} {e.selector.item or 'all items'}\n{_span(e)}"
        rows.append((e.event_id, says + (" (undone)" if undone else ""), whose, f"{e.by}: {e.reason}"))
    _print(["event", "says", "of what", "who and why"], rows, title)


def _span(event: Event) -> str:
    card = all_cards().get(event.dataset)
    zone = ZoneInfo(card.time.zone) if card and card.time else UTC
    begin, end = (t.astimezone(zone) if t else None for t in (event.selector.from_at, event.selector.to_at))
    return f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}" if begin and end else "always"


def _print(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str) -> None:
    if not rows:
        console.print(f"{title}: none")
        return
    table = Table(title=title, title_justify="left")
    for n, name in enumerate(columns):
        table.add_column(name, no_wrap=n == 0)
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    console.print(table)


@app.command("release-batch")
def release_batch(dataset: Dataset, batch: Annotated[str, typer.Argument()], *, reason: Reason, by: By = None) -> None:
    """Let a batch that the gate holds travel on; you take it on yourself."""
    with _mistakes():
        gate.release(Lake.from_env(), dataset, batch, by=_who(by), reason=reason)
    console.print(f"released: {dataset} {batch}; `ecolake run` takes it up")
