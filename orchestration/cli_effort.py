"""``ecolake effort …``: what of a change was effort and what weather or flow, from the current publication.

Words in, a table, sentences, JSON or a picture out; what is read and how it is said are those of the page 努力评价.
Does not belong here: evaluating (``orchestration.evaluating``). Exit code 2: no publication with an evaluation, or no
such place, pollutant, year, edition or series.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog.effort import reading as effort
from catalog.effort import wording as words
from catalog.effort.reading import ALL, Backtest, Edition, ModelCard, Score
from catalog.effort.terms import (
    CAVEATS_EN,
    IDENTITY,
    LEGAL_EN,
    LUCK,
    METHODS_ZH,
    NEVER_REPLACED_EN,
    SKILL,
    TESTS,
    WARNINGS_ZH,
    Named,
)
from catalog.lake import Lake
from catalog.publication import Publication, PublicationError, open_publication
from orchestration.cli import EXIT_USAGE, console, errors

app = typer.Typer(no_args_is_help=True, add_completion=False)

WIDTH = 200
# How many names a refusal lists before it says that there are more.
NAMED = 40
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]


class _UnknownError(Exception):
    """What was asked for is not in the publication; the message says what is."""


@contextmanager
def _user_mistakes() -> Iterator[None]:
    """A user's mistake ends in one clear sentence, not in a stack trace."""
    try:
        yield
    except (PublicationError, _UnknownError) as error:
        errors.print(f"[red]ecolake:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(EXIT_USAGE) from error


@app.command("list")
def list_scores(
    year: Annotated[int | None, typer.Option(help="Only this year; every year when left out.")] = None,
    item: Annotated[
        str | None, typer.Option(help="Only this pollutant, code or Chinese name: pm25, 臭氧, all.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Only this city or section, code or Chinese name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every score with its grade and interval; of what cannot be assessed the reason, and no number."""
    with _user_mistakes():
        publication = _current()
        held = effort.scores(publication)
        if year is not None:
            held = _of_year(held, year)
        if item is not None:
            held = _of_item(held, item)
        if region is not None:
            held = _of_place(held, region)
    _mark(publication)
    if as_json:
        typer.echo(_json({"publication": publication.id, "scores": [asdict(score) for score in held]}))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=f"{len(held)} scores, publication {publication.id}")
    numbers = ("总变化 total", "努力 effort", "天气/流量 luck")
    for name in (
        "year",
        "评价对象",
        "code",
        "item",
        *numbers,
        "区间 interval",
        "结论 grade",
        "法定 legal",
        "原因 reason",
    ):
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for score in held:
        table.add_row(*map(escape, _cells(score)))
    _wide().print(table)


@app.command()
def explain(
    city: Annotated[str, typer.Argument(help="City or section: code or Chinese name (330100, 杭州).")],
    pollutant: Annotated[str, typer.Argument(help="Code or Chinese name: pm25, 臭氧, all, tp_flux.")],
    year: Annotated[int, typer.Argument(help="Year evaluated.")],
    *,
    edition: Annotated[str | None, typer.Option(help="Edition of the evaluation, when there are several.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Picture; effort_<city>_<pollutant>_<year>.png when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """One score in words, in Chinese and English, with a picture of the normalised beside the observed months."""
    with _user_mistakes():
        publication = _current()
        fitting = _of_year(_of_item(_of_place(effort.scores(publication), city), pollutant), year)
        under = _edition(publication, fitting, edition)
        score = next(score for score in fitting if score.effort_edition == under.effort_edition)
        tests = effort.backtests(publication, score.effort_edition, score.series_key)
        picture = _picture(publication, score, out)
    _mark(publication)
    if as_json:
        document = {
            "publication": publication.id,
            "simulated": publication.simulated,
            "edition": asdict(under),
            "score": asdict(score),
            "split_zh": words.split(score),
            "split_en": words.split_en(score),
            "backtests": [asdict(test) for test in tests],
            "picture": None if picture is None else str(picture),
        }
        typer.echo(_json(document))
        return
    for line in _explained(publication, score, under, tests):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    if picture is None:
        console.print("图 picture: 没有逐月序列，不画图 / no monthly series, no picture", highlight=False)
    else:
        console.print(f"图 picture: {picture}", highlight=False, soft_wrap=True)


@app.command()
def card(
    series: Annotated[str, typer.Argument(help="Series as `effort list --json` names it: air/330100/pm25.")],
    *,
    edition: Annotated[str | None, typer.Option(help="Edition of the evaluation, when there are several.")] = None,
    as_json: AsJson = False,
) -> None:
    """The model card of a series: settings, skill, importance, warnings, points of the curves."""
    with _user_mistakes():
        publication = _current()
        held = [score for score in effort.scores(publication) if score.series_key == series]
        if not held:
            keys = sorted({score.series_key for score in effort.scores(publication)})
            raise _UnknownError(f"no series {series!r}; there are: {_named(keys)}")
        under = _edition(publication, held, edition).effort_edition
        found = effort.model(publication, under, series)
    _mark(publication)
    if as_json:
        typer.echo(_json({"publication": publication.id, "series": series, "edition": under} | asdict(found)))
        return
    for line in _card_lines(series, under, found):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _current() -> Publication:
    publication = open_publication(Lake.from_env())
    if lacking := effort.absent(publication):
        raise _UnknownError(
            f"publication {publication.id} lacks {', '.join(lacking)}; evaluate and publish: ecolake run"
        )
    return publication


def _edition(publication: Publication, held: Sequence[Score], asked: str | None) -> Edition:
    """The edition asked for, else the newest, of those that these scores were made under."""
    made = {score.effort_edition for score in held}
    known = [edition for edition in effort.editions(publication) if edition.effort_edition in made]
    found = next((edition for edition in known if asked in (None, edition.effort_edition)), None)
    if found is None:
        raise _UnknownError(f"this was not evaluated under {asked!r}; there are: {_named(sorted(made))}")
    return found


def _of_place(held: Sequence[Score], place: str) -> list[Score]:
    """By code or by name, with or without 市."""
    found = [s for s in held if place in (s.place_code, s.place_zh, s.place_zh.removesuffix("市"))]
    if not found:
        known = dict.fromkeys(f"{s.place_zh} ({s.place_code})" for s in held)
        raise _UnknownError(f"no place {place!r}; there are: {_named(known)}")
    several = dict.fromkeys(s.place_code for s in found)
    if len(several) > 1:
        raise _UnknownError(f"{place!r} fits several places, name one by its code: {_named(several)}")
    return found


def _of_item(held: Sequence[Score], item: str) -> list[Score]:
    """By code or Chinese name, 综合 for all together; ``tp`` alone is the concentration."""
    wanted = {"综合": ALL}.get(item, item)
    names = (wanted.lower(), f"{wanted.lower()}_concentration")
    found = [s for s in held if s.item in names or wanted in (words.item(s.item), words.item(s.item, "en"))]
    if not found:
        known = dict.fromkeys(f"{s.item} ({words.item(s.item)})" for s in held)
        raise _UnknownError(f"no pollutant {item!r} there; there are: {_named(known)}")
    return found


def _of_year(held: Sequence[Score], year: int) -> list[Score]:
    found = [score for score in held if score.year == year]
    if not found:
        known = sorted({str(score.year) for score in held})
        raise _UnknownError(f"{year} was not evaluated there; there are: {_named(known)}")
    return found


def _named(names: Sequence[str] | dict[str, None]) -> str:
    every = list(names)
    more = f" … {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more


def _cells(score: Score) -> tuple[str, ...]:
    said = words.grade(score.grade)
    told: tuple[str, ...] = ("", "", "", "")
    if score.split is not None:
        parts = score.split
        told = tuple(words.percent(part.pct) for part in (parts.total, parts.effort, parts.luck))
        told += (words.interval(parts.effort),)
    why = "" if score.split is not None else words.reason(score.reason, score.detail)
    legal = "" if score.is_legal_limit_met is None else LEGAL_EN[score.is_legal_limit_met]
    about = (str(score.year), score.place_zh, score.place_code, score.item)
    return (*about, *told, f"{said.zh} {said.en}", legal, why)


def _explained(publication: Publication, score: Score, under: Edition, tests: Sequence[Backtest]) -> Iterator[str]:
    said = words.grade(score.grade)
    luck = LUCK[score.theme]
    base = f"{under.baseline_start} … {under.baseline_end}"
    yield f"{score.place_zh} {score.place_code} · {words.item(score.item)} · {words.period(score)}"
    yield f"  {words.split(score)}"
    yield f"  {words.split_en(score)}"
    if score.split is not None:
        yield f"  {IDENTITY.format(luck=luck.zh)}"
        yield f"  (1 + effort) × (1 + {luck.en}) − 1 = total; in logarithms the parts add up"
    if score.observed is not None and score.normalised is not None:
        unit = words.unit(score.item, effort.units(publication, score.effort_edition))
        yield f"  观测 observed {score.observed_base:.4g} → {score.observed:.4g} {unit}；归一化 normalised " + (
            f"{score.normalised_base:.4g} → {score.normalised:.4g} {unit}"
        )
    yield f"  结论 grade: {said.zh} / {said.en}"
    yield f"  {words.legal(score)}"
    if score.theme == "air":
        yield f"  legal limits {LEGAL_EN[score.is_legal_limit_met]} in the same period; {NEVER_REPLACED_EN}"
    if score.caveat:
        yield f"  注意 caveat: {words.caveat(score.caveat)} {CAVEATS_EN.get(score.caveat, '')}".rstrip()
    yield f"  检验效率 skill: {_skill(score)}"
    yield f"  版本 edition: {under.effort_edition} {under.zh}；基准 baseline {base}；{under.approver}"
    yield f"  方法 method: {score.method} {METHODS_ZH.get(score.method, '')}".rstrip()
    yield f"  序列 series: {score.series_key}，指纹 hash {score.series_hash}"
    yield f"  数据 data: 评价期数值 values in the period {score.n_values:,}，覆盖率 coverage {score.coverage:.1%}"
    if traced := _traced(publication, score):
        yield f"  追溯 trace: {traced}"
    yield f"  回测 back-tests: {words.placebo_summary(tests, under.confidence)}"
    names = _names(publication)
    for test in tests:
        kind = TESTS.get(test.kind, Named(test.kind, test.kind))
        verdict = words.verdict(test)
        yield f"    {kind.zh} {kind.en} {words.tested(test, names)}: {words.finding(test, names)} — " + (
            f"{verdict.zh} {verdict.en}"
        )


def _skill(score: Score) -> str:
    told = {"整月留出 blocked": score.skill_blocked_nse, "随机留出 random": score.skill_random_nse}
    known = [f"{name} {value:.2f}" for name, value in told.items() if value is not None]
    if score.outside_pool_share is not None:
        known.append(f"超出参考气象 outside the pool {score.outside_pool_share:.1%}")
    return "，".join(known) or "由各污染物合成，见各项 / combined, see its pollutants"


def _traced(publication: Publication, score: Score) -> str:
    """The command that leads to the bytes, where the score is a published indicator."""
    code = f"air_{score.item}_effort"
    if score.theme != "air" or effort.inputs_hash(publication, code, score) is None:
        return ""
    period = f"{score.year}-ytd" if score.period_type == "ytd" else f"{score.year}"
    return (
        f"ecolake trace {code} {score.place_code} {period} --edition {score.effort_edition} "
        f"--publication {publication.id}"
    )


def _names(publication: Publication) -> dict[str, str]:
    with publication.connect() as db:
        return dict(db.execute("SELECT region_code, min(name_zh) FROM dim_region GROUP BY ALL").fetchall())


def _card_lines(series: str, under: str, found: ModelCard) -> Iterator[str]:
    yield f"{series} · {under}"
    if found.is_empty:
        yield "  没有模型卡：没有拟合模型，或由各污染物合成"
        yield "  no model card: nothing was fitted, or the score is combined from its pollutants"
        return
    yield "设置 settings"
    for name, text in found.settings:
        yield f"  {words.setting(name, text)[0]} {name} = {text}"
    yield "检验效率 skill"
    for name, value in found.skill:
        named = SKILL.get(name, Named(name, name))
        yield f"  {named.zh} {named.en} {value:.3f}"
    yield "重要性 importance"
    for name, value in found.importance:
        yield f"  {words.variable(name).zh} {name} {value:.3f}"
    yield "告警 warnings"
    for name, text in found.warnings:
        yield f"  {WARNINGS_ZH.get(name, name)} {name}: {text}"
    if not found.warnings:
        yield "  无 none"
    yield "曲线 curves (first and last point: effect in %)"
    for curve in found.curves:
        (x0, first), (x1, last) = curve.points[0], curve.points[-1]
        unit = words.variable(curve.name).unit
        yield (
            f"  {words.variable(curve.name).zh} {curve.name}: {x0:g} {unit} {words.of_log(first)} → {x1:g} {unit} "
            + (words.of_log(last))
        )


def _picture(publication: Publication, score: Score, out: Path | None) -> Path | None:
    """Draw the months of the series, where there are any."""
    months = effort.months(publication, score.effort_edition, score.series_key)
    if not months:
        return None
    from orchestration.effort_picture import draw

    safe = score.place_code.replace("/", "_").replace("|", "_")
    path = out or Path(f"effort_{safe}_{score.item}_{score.year}.png")
    if not path.parent.is_dir():
        raise _UnknownError(f"--out {path}: no folder {path.parent}; make it first")
    units = effort.units(publication, score.effort_edition)
    draw(path, score, months, units, simulated=publication.simulated)
    return path


def _mark(publication: Publication) -> None:
    if publication.simulated:
        errors.print("[yellow]模拟数据 / simulated data: no measured value[/]", highlight=False)


def _json(document: object) -> str:
    """Decimals and dates as text: a JSON number would pass through a binary fraction in most readers."""
    return json.dumps(document, ensure_ascii=False, indent=1, default=str)


def _wide() -> Console:
    """Nothing is cut off: a narrower terminal wraps the lines, a pipe gets them whole."""
    return Console(width=max(console.width, WIDTH))
