"""``transform``: lay out what dbt reads, find the months whose inputs changed, have dbt compute them.

Where a month changed that scores depend on, dbt runs in two halves around ``evaluate``. Does not belong here: how dbt
is called (``transform``), how its inputs are laid out (``scratch``), or the evaluation (``evaluating``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalog.indicators import catalog_rows, indicators
from catalog.lake import Lake
from ingest.card import Card
from orchestration import transform
from orchestration.dbt_graph import datasets_behind, datasets_by_theme, datasets_read
from orchestration.evaluating import results
from orchestration.pipeline.evaluating import evaluate, is_due
from orchestration.pipeline.workshop import Workshop
from orchestration.scratch import Inputs, prepare
from quality import context, flags


@dataclass(frozen=True)
class Built:
    """A scratch database, what it is built from, and what had to be done for it."""

    inputs: Inputs
    scratch: Path
    states: Mapping[transform.Part, str]
    todo: transform.Plan


def transform_months(
    shop: Workshop,
    *,
    months: tuple[str, str] | None = None,
    as_of: datetime | None = None,
    full: bool = False,
    tests: bool = True,
) -> Built:
    """Lay out the scratch database and run dbt for the months whose inputs changed."""
    return _compute(shop, lay_out(shop, months=months, as_of=as_of, full=full), tests=tests)


def transform_inputs(
    shop: Workshop,
    inputs: Inputs,
    scratch: Path,
    *,
    months: tuple[str, str] | None = None,
    full: bool = False,
    tests: bool = True,
) -> Built:
    """The same for a given set of batches: what a rebuild of an old publication starts from."""
    return _compute(shop, _lay_out_inputs(shop, inputs, scratch, months_asked=months, full=full), tests=tests)


def lay_out(
    shop: Workshop, *, months: tuple[str, str] | None = None, as_of: datetime | None = None, full: bool = False
) -> Built:
    """Write what dbt reads into the scratch database and say what dbt has to do; no number is computed."""
    inputs = Inputs({name: shop.live(card, as_of) for name, card in _read_by_dbt(shop).items()}, as_of)
    return _lay_out_inputs(shop, inputs, scratch_path(shop.lake, as_of), months_asked=months, full=full)


def scratch_path(lake: Lake, as_of: datetime | None = None) -> Path:
    """The workshop's database; a look at an earlier state of knowledge has one of its own."""
    suffix = f"-as-of-{as_of:%Y%m%dT%H%M%S}" if as_of else ""
    return lake.work / f"scratch{suffix}.duckdb"


def _compute(shop: Workshop, built: Built, *, tests: bool) -> Built:
    todo = built.todo
    halves: tuple[transform.Half, ...] = ("before", "after") if is_due(built.scratch, todo) else ("whole",)
    for half in halves:
        if half == "after":
            evaluate(shop, built.scratch)
        with shop.log.step("transform", None if todo.is_nothing else len(todo.parts), zh="指标计算") as advance:
            transform.build(shop.lake, built.scratch, todo, half=half, tests=tests)
            advance(len(todo.parts))
    # only after every model and test has passed
    if not todo.is_nothing:
        transform.remember(built.scratch, todo, built.states)
    return built


def _read_by_dbt(shop: Workshop) -> dict[str, Card]:
    """The datasets that models read: what nothing is computed from must not make a month be computed again."""
    names = datasets_read()
    return {name: card for name, card in shop.cards.items() if name in names}


def _lay_out_inputs(
    shop: Workshop,
    inputs: Inputs,
    scratch: Path,
    *,
    months_asked: tuple[str, str] | None = None,
    full: bool = False,
) -> Built:
    cards = _read_by_dbt(shop)
    flagged = {
        name: flags.view_sql(
            shop.lake,
            card,
            inputs.batches[name],
            [found.path for found in context.refresh(shop.lake, card, inputs.batches[name])],
            inputs.as_of,
        )
        for name, card in cards.items()
    }
    flag_hashes = _flag_hashes(shop, inputs, cards)
    themes = datasets_by_theme()
    months = {theme: inputs.months(datasets, flag_hashes) for theme, datasets in themes.items()}
    prepare(
        shop.lake,
        cards,
        inputs,
        scratch,
        flag_views=flagged,
        event_views={name: flags.events_sql(shop.lake, card, inputs.as_of) for name, card in cards.items()},
        months=months,
        themes=themes,
        indicators=catalog_rows(),
        indicator_inputs=[(i.code, dataset) for i in indicators().values() for dataset in datasets_behind(i.mart)],
        datasets=shop.cards.values(),
    )
    results.ensure(scratch)
    states = {(theme, month): facts.state for theme, mine in months.items() for month, facts in mine.items()}
    return Built(inputs, scratch, states, transform.plan(scratch, states, months_asked, full=full))


def _flag_hashes(shop: Workshop, inputs: Inputs, cards: Mapping[str, Card]) -> dict[tuple[str, str], str]:
    """(dataset, month) → hash of every flag that touches it; a register has no month: ("" stands for all of it)."""
    return {
        (name, month): flags.fingerprint(shop.lake, card, inputs.batches[name], month, inputs.as_of)
        for name, card in cards.items()
        for month in sorted({m for b in inputs.batches[name] for m in b.months} if card.time else {""})
    }
