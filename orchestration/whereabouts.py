"""Where everything about a dataset, model or indicator is: looked up, never listed by hand."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import polars as pl

from catalog.indicators import Indicator, codes_of, indicators
from catalog.lake import Lake
from catalog.metrics import catalogued
from catalog.publication.reader import Publication, open_publication
from catalog.publication.shelf import current_id
from catalog.themes import addresses, in_order, theme_of
from ingest.card import Card, all_cards
from orchestration.sources import source_state

REPOSITORY = Path(__file__).parent.parent
MODELS = REPOSITORY / "dbt_project" / "models"
INDICATOR_CARDS = REPOSITORY / "catalog" / "indicators"
PAGES = REPOSITORY / "streamlit_app"


def find(lake: Lake, thing: str) -> dict[str, list[str]]:
    """Headings and lines about ``thing``.

    Raises:
        ValueError: nothing has that name; the message offers the nearest.
    """
    cards = all_cards()
    catalogued = indicators()
    models = {path.stem: path for path in sorted(MODELS.rglob("*.sql"))}
    if thing in cards:
        return _about_dataset(lake, cards[thing], models)
    if thing in catalogued:
        return _about_indicator(lake, catalogued[thing], models)
    if thing in models:
        return _about_model(models[thing], models)
    near = get_close_matches(thing, [*cards, *catalogued, *models], n=5, cutoff=0.4)
    raise ValueError(
        f"nothing is called {thing!r}; did you mean {', '.join(near) or 'something in `ecolake sources`'}?"
    )


def _about_dataset(lake: Lake, card: Card, models: dict[str, Path]) -> dict[str, list[str]]:
    row = source_state(lake, card)
    return {
        f"{card.id}  {card.title.zh} / {card.title.en}": [card.description.zh, card.description.en],
        "card, parser, fixture": [
            _shown(p) for p in sorted(card.folder.rglob("*")) if p.is_file() and p.suffix != ".pyc"
        ],
        "known issues": [f"{issue.zh} / {issue.en}" for issue in card.known_issues],
        "read by": [_shown(p) for p in models.values() if f"'{card.id}'" in p.read_text(encoding="utf-8")],
        "lake": [
            f"{row.objects} object(s) landed, {row.rows:,} rows accepted, {row.quarantined:,} quarantined",
            f"newest data {row.newest_at or '-'}, arrived {row.arrived_at or '-'}",
            f"landing {lake.landing(card.id)}",
            f"core    {lake.core(card.id)}",
        ],
        "checks": [f"gate: {card.gate.why}", "row rules and ranges: from the card, applied by quality/door.py"],
    }


def _about_indicator(lake: Lake, indicator: Indicator, models: dict[str, Path]) -> dict[str, list[str]]:
    cards = [p for p in INDICATOR_CARDS.rglob("*.yml") if indicator.code in codes_of(p)]
    about = {
        f"{indicator.code}  {indicator.name_zh} / {indicator.name_en}": [
            indicator.definition_zh,
            f"{indicator.formula} [{indicator.unit}]; {indicator.standard} ({indicator.certainty})",
            f"owner {indicator.owner_zh}; periods {', '.join(indicator.periods)}; levels {', '.join(indicator.levels)}",
        ],
        "card": [_shown(p) for p in cards],
        "computed in": [_shown(models[indicator.mart]), *_users(indicator.mart, models)],
    }
    publication = open_publication(lake) if current_id(lake) else None
    about["pages"] = _pages(indicator, publication)
    if publication is not None:
        with publication.connect() as db:
            counted = db.execute(
                "SELECT period_type, count(*), count(value) FROM indicator_values WHERE indicator_code = ? "
                "GROUP BY period_type ORDER BY period_type",
                [indicator.code],
            ).fetchall()
        about[f"publication {publication.id}"] = [f"{p}: {n:,} rows, {v:,} with a value" for p, n, v in counted]
    return about


def _pages(indicator: Indicator, publication: Publication | None) -> list[str]:
    """Where it is shown: the page of its theme, its line in the catalog, code that knows it by name."""
    theme = theme_of(indicator.theme)
    shown = f"{theme.title_zh} {theme.title_en}: "
    if publication is None:
        shown += "no publication, so no page yet"
    else:
        values = catalogued(publication).filter(pl.col("n_values") > 0)
        address = addresses(in_order(set(values["theme"]))).get(theme.code)
        shown += f"/{address.removeprefix('./')}" if address else "no value in the publication, so no page"
    named = [p for p in sorted(PAGES.rglob("*.py")) if indicator.code in p.read_text(encoding="utf-8")]
    return [shown, f"指标目录 Catalog: /catalog?q={indicator.code}", *map(_shown, named)]


def _about_model(path: Path, models: dict[str, Path]) -> dict[str, list[str]]:
    return {
        path.stem: [_shown(path), _shown(path.with_suffix(".yml"))],
        "used by": _users(path.stem, models),
        "indicators": [code for code, i in indicators().items() if i.mart == path.stem],
    }


def _users(model: str, models: dict[str, Path]) -> list[str]:
    return [_shown(p) for p in models.values() if f"ref('{model}')" in p.read_text(encoding="utf-8")]


def _shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))
