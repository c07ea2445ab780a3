"""``ecolake metrics …``: which indicators there are, what each means, and its published values.

Words in, a table, CSV or JSON out; finding and reading are in ``catalog.metrics``. Exit code 2: no such indicator,
region, period or edition.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import polars as pl
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog import metrics
from catalog.lake import Lake
from catalog.publication import Publication, PublicationError, current_id, open_publication
from orchestration.cli import EXIT_USAGE, console, errors

app = typer.Typer(no_args_is_help=True, add_completion=False)

# A screen or two; CSV and JSON carry everything.
SHOWN_ROWS = 60
WIDTH = 200
CARD_LINES = (
    ("definition_zh", "定义"),
    ("definition_en", "definition"),
    ("formula", "formula 算法"),
    ("standard", "standard 依据"),
    ("certainty", "certainty 把握"),
    ("unit", "unit 单位"),
    ("unit_zh", "单位"),
    ("better", "better 方向"),
    ("target", "target 目标"),
    ("periods", "periods 时段"),
    ("levels", "levels 层级"),
    ("cadence", "cadence 频次"),
    ("owner_zh", "责任单位"),
    ("owner_en", "owner"),
    ("caveats_zh", "注意"),
    ("mart", "computed in 计算于"),
)


@contextmanager
def _user_mistakes() -> Iterator[None]:
    """A user's mistake ends in one clear sentence, not in a stack trace."""
    try:
        yield
    except PublicationError as error:
        errors.print(f"[red]ecolake:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(EXIT_USAGE) from error


@app.command("list")
def list_metrics(
    theme: Annotated[str | None, typer.Option(help="Only this theme: its code or Chinese title.")] = None,
    search: Annotated[str, typer.Option(help="Words that stand in code, names or definition.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list instead of a table.")] = False,
) -> None:
    """The catalogued indicators, by theme; with how many values the current publication holds of each."""
    with _user_mistakes():
        found = metrics.search(metrics.catalogued(_current()), theme=theme, text=search)
    if as_json:
        typer.echo(json.dumps(found.to_dicts(), ensure_ascii=False, indent=1, default=str))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=f"{len(found)} indicators", title_justify="left")
    for name in ("code", "指标", "主题", "unit", "periods", "levels", "certainty"):
        table.add_column(name, overflow="fold")
    table.add_column("values", justify="right")
    table.add_column("newest", no_wrap=True)
    for row in found.iter_rows(named=True):
        newest = f"{row['newest_type']} {row['newest_at']:%Y-%m-%d}" if row["newest_at"] else "-"
        cells = (row["code"], row["name_zh"], row["theme_zh"], row["unit"], row["periods"], row["levels"])
        table.add_row(*map(escape, cells), row["certainty"], f"{row['n_values']:,}", newest)
    _wide().print(table)


@app.command()
def show(code: Annotated[str, typer.Argument(help="An indicator's code or Chinese name.")]) -> None:
    """One indicator: definition, formula and clause, unit, owner, and what the current publication holds of it."""
    opened = _current()
    with _user_mistakes():
        row = metrics.find(metrics.catalogued(opened), code)
        held = metrics.held(opened, str(row["code"])) if opened else None
    console.print(f"[bold]{row['code']}[/]  {row['name_zh']} / {row['name_en']}  ({row['theme_zh']})", highlight=False)
    for column, title in CARD_LINES:
        if row.get(column) not in (None, ""):
            console.print(f"  [dim]{title}[/] {escape(str(row[column]))}", highlight=False, soft_wrap=True)
    if opened is None or held is None or held.is_empty():
        where = f"publication {opened.id}" if opened else "nothing is published; first: ecolake run"
        console.print(f"  no values: {where}", highlight=False)
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=f"publication {opened.id}", title_justify="left")
    for name in ("level", "period", "edition", "regions", "rows", "with value", "first", "last"):
        table.add_column(name, justify="right" if name in ("regions", "rows", "with value") else "left")
    for level, kind, edition, regions, rows, n_values, first, last in held.iter_rows():
        counts = (f"{regions:,}", f"{rows:,}", f"{n_values:,}")
        table.add_row(level, kind, edition, *counts, f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    _wide().print(table)


@app.command()
def query(
    code: Annotated[str, typer.Argument(help="An indicator's code or Chinese name.")],
    region: Annotated[str | None, typer.Option(help="Code or Chinese name: 330100, 杭州.")] = None,
    period: Annotated[
        str | None, typer.Option(help="2019, 2019-Q1, 2019-03, 2019-03-05, 2019-ytd, or a type: day, month …")
    ] = None,
    edition: Annotated[str | None, typer.Option(help="One rule version; else the rules in force.")] = None,
    format_: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="csv and json carry every row and column.")
    ] = "table",
) -> None:
    """Published values with unit, coverage, status, interval, the hash of the inputs; the reason where one is null."""
    with _user_mistakes():
        opened = open_publication(Lake.from_env())
        found = metrics.values(opened, metrics.MetricQuery(code, region, period, edition))
    if opened.simulated:
        errors.print("[yellow]模拟数据 / simulated data: no measured value[/]", highlight=False)
    if format_ == "csv":
        typer.echo(found.write_csv(datetime_format="%Y-%m-%dT%H:%M"), nl=False)
    elif format_ == "json":
        typer.echo(_json(opened, found))
    else:
        _wide().print(_values_table(opened, found))
        if len(found) > SHOWN_ROWS:
            console.print(f"{len(found) - SHOWN_ROWS:,} more rows; all of them: --format csv", highlight=False)


def _values_table(opened: Publication, found: pl.DataFrame) -> Table:
    title = f"{found['indicator_code'][0]}, {len(found):,} rows, publication {opened.id}"
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for name in ("period", "region", "level", "edition"):
        table.add_column(name, no_wrap=True)
    for name in ("value", "unit", "interval", "coverage", "status", "inputs", "null reason"):
        table.add_column(name, justify="right" if name in ("value", "coverage") else "left", overflow="fold")
    for row in found.head(SHOWN_ROWS).iter_rows(named=True):
        interval = "" if row["lower"] is None else f"{_plain(row['lower'])} … {_plain(row['upper'])}"
        value = " ".join(filter(None, (_plain(row["value"]), row["value_text"])))
        at = (
            f"{row['period_start']:%Y-%m-%dT%H:%M}"
            if row["period_type"] == "hour"
            else f"{row['period_start']:%Y-%m-%d}"
        )
        cells = [f"{row['period_type']} {at}", f"{row['region_zh'] or ''} {row['region_code']}".strip()]
        cells += [row["region_level"], row["edition"], value, row["unit"] or "", interval, _plain(row["coverage"])]
        cells += [row["status"] or "", (row["inputs_hash"] or "")[:12], row["null_reason"] or ""]
        table.add_row(*map(escape, cells))
    return table


def _plain(value: object) -> str:
    """A decimal without the zeros its column's type adds."""
    text = "" if value is None else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json(opened: Publication, found: pl.DataFrame) -> str:
    """Values as text: a JSON number would pass through a binary fraction in most readers."""
    rows = found.with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M")).to_dicts()
    about = {"publication": opened.id, "content_hash": opened.manifest.content_hash, "simulated": opened.simulated}
    return json.dumps(about | {"values": rows}, ensure_ascii=False, indent=1, default=_plain)


def _current() -> Publication | None:
    lake = Lake.from_env()
    return open_publication(lake) if current_id(lake) else None


def _wide() -> Console:
    """Nothing is cut off: a narrower terminal wraps the lines, a pipe gets them whole."""
    return Console(width=max(console.width, WIDTH))
