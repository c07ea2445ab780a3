"""``ecolake kb …``: the knowledge library of the current publication, and the one generated file behind it.

Words to answers to lines: what is asked is answered in ``catalog.kb``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import duckdb
import typer

from catalog import kb
from catalog.lake import Lake
from catalog.publication.errors import PublicationError
from catalog.publication.reader import connect
from orchestration.cli import UsageError, console

app = typer.Typer(no_args_is_help=True, add_completion=False)

LISTED = 30


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words in Chinese or English.")],
    limit: Annotated[int, typer.Option(min=1)] = 10,
) -> None:
    """Full-text search: clauses, targets, standards, terms, methods, indicators, region changes; the best first."""
    with _library() as library:
        hits = kb.search(library, " ".join(words), limit)
    if not hits:
        console.print("没有找到 / nothing found")
    for hit in hits:
        _say(f"{hit.score:6.2f}  {hit.doc_id}  {hit.title}")
        _say(f"        {hit.text}（{hit.citation}）")


@app.command()
def show(entity: Annotated[str, typer.Argument(help="Id (county:330105@2021-04-09), code or name.")]) -> None:
    """One entity and everything it is related to."""
    with _library() as library:
        found, edges = kb.show(library, entity)
    _head(found)
    grouped: dict[str, list[kb.Edge]] = {}
    for edge in edges:
        grouped.setdefault(" ".join(kb.RELATIONS[edge.relation][0 if edge.outward else 1]), []).append(edge)
    for said, group in grouped.items():
        _say(f"  {said} ({len(group)})")
        for edge in group[:LISTED]:
            share = f"  份额 share {edge.share:g}" if edge.share is not None else ""
            _say(f"    {edge.other_id}  {edge.other_zh}{share}")
        if len(group) > LISTED:
            _say(f"    … {len(group) - LISTED} more")


@app.command()
def upstream(section: Annotated[str, typer.Argument(help="Section or water: id, key or name.")]) -> None:
    """Every water and section upstream, nearest first, by the number of confluences between."""
    with _library() as library:
        answer = kb.upstream(library, section)
    _head(answer.entity)
    for steps, entity_id, name in answer.found:
        _say(f"  {steps}  {entity_id}  {name}")
    if not answer.found:
        _say("  上游未载 / nothing upstream is known")
    if answer.same_water:
        _say("  同一水体，名录未载上下游次序 / on the same water, order not stated by the register:")
        for entity_id, name in answer.same_water:
            _say(f"     {entity_id}  {name}")


@app.command()
def target(code: Annotated[str, typer.Argument(help="Target of the plan, PLN-03-04.")]) -> None:
    """A target of the plan: what, how much, by when, whose."""
    with _library() as library:
        found = kb.target(library, code)
    wanted = "done" if found.unit == "yes/no" else f"{found.comparison} {found.value:g} {found.unit}"
    _say(f"{found.code}  {found.target_zh} / {found.target_en}")
    _say(f"  目标 target: {wanted}")
    _say(f"  年份 year: {found.year if found.year else '原文未定年份 / the text sets no year'}")
    _say(f"  条款 clause: {f'{found.clause} {found.clause_zh}' if found.clause else '主要目标 / main goals'}")
    _say(f"  牵头 lead: {found.lead_unit or '未载 / not named'}")
    _say(f"  责任单位 units: {'、'.join(found.units) or '未载 / not named'}")
    _say(f"  依据 source: {found.source} [{found.certainty}]")


@app.command()
def region(
    code: Annotated[str, typer.Argument(help="Administrative code, 330105.")],
    on: Annotated[str | None, typer.Option("--date", help="Only what the code stood for on this day.")] = None,
) -> None:
    """What a code stands for and since when, and which codes' series are comparable across a change."""
    with _library() as library:
        answer = kb.region(library, code, _day(on))
    for area in answer.areas:
        _head(area)
    for change in answer.changes:
        side = "调整前 before" if change.side == "before" else "调整后 after"
        _say(f"  {change.group_code}  {side}  {change.rule}")
        _say(f"     {change.rule_zh}")
    if not answer.changes:
        _say("  没有记录的调整，前后可比 / no change on record: comparable throughout")


@app.command()
def terms(word: Annotated[str, typer.Argument(help="Part of a term; none = all.")] = "") -> None:
    """The vocabulary, in Chinese and English."""
    with _library() as library:
        found = kb.terms(library, word)
    for term in found:
        _say(f"{term.term_zh} / {term.term_en}：{term.definition_zh}（{term.source}）[{term.certainty}]")


@contextmanager
def _library() -> Iterator[duckdb.DuckDBPyConnection]:
    """The current publication; what cannot be answered is a user's mistake, in one sentence."""
    try:
        with connect(Lake.from_env()) as library:
            yield library
    except (kb.KnowledgeError, PublicationError) as error:
        raise UsageError(str(error)) from error


def _head(entity: kb.Entity) -> None:
    english = f" / {entity.name_en}" if entity.name_en else ""
    _say(f"{entity.entity_id}  {entity.name_zh}{english}  {entity.validity}".rstrip())
    _say(f"  依据 source: {entity.source} [{entity.certainty}]")


def _say(line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--date {text}: expected a day such as 2021-04-09") from error
