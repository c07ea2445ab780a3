"""The pages there are, by the groups of the menu.

Themes and topics come from the publication: whichever has a value has a page, drawn by ``views.theme`` from its cards.
A theme with a page of its own stands in ``OWN_PAGES``. To add a page of another kind: write ``views/<name>.py`` with
``render(publication)`` and add a line to ``ABOUT_PAGES``. Everything around a page (the mark of simulated data, the
foot, the message when nothing is published) comes from ``app``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from catalog.publication import Publication
from catalog.themes import Theme, in_order, theme_of
from streamlit_app.holdings import themes_held
from streamlit_app.views import about, blue_sky, catalog, effort, knowledge, plan, quality, theme

GROUPS_ZH = {"theme": "主题", "topic": "专题"}
ABOUT_ZH = "目录与质量"


@dataclass(frozen=True)
class PageSpec:
    """One page: its name in the menu, its address, and the function that draws it."""

    title: str
    path: str
    render: Callable[[Publication], None]


OWN_PAGES: dict[str, Callable[[Publication], None]] = {
    "air": blue_sky.render,
    "plan": plan.render,
    "effort": effort.render,
}
# Pages that speak where no value could be given: of "not assessable" the reason is the answer. Theme → its table.
ANSWERS_WITHOUT_VALUES = {"effort": "effort_score"}
ABOUT_PAGES: tuple[PageSpec, ...] = (
    PageSpec("指标目录", "catalog", catalog.render),
    PageSpec("知识库", "knowledge", knowledge.render),
    PageSpec("数据质量", "quality", quality.render),
    PageSpec("关于本发布", "about", about.render),
)


def menu(publication: Publication | None) -> dict[str, list[PageSpec]]:
    """Group → pages; the first page opens first. Without a publication there is the air's page to say so."""
    held = _held(publication) if publication is not None else []
    shown = held or [theme_of("air")]
    groups = {
        title: [_theme_page(each) for each in shown if each.kind == kind]
        for kind, title in GROUPS_ZH.items()
        if any(each.kind == kind for each in shown)
    }
    return {**groups, ABOUT_ZH: list(ABOUT_PAGES)}


def _held(publication: Publication) -> list[Theme]:
    codes = {each.code for each in themes_held(publication)}
    return in_order(codes | {code for code, name in ANSWERS_WITHOUT_VALUES.items() if publication.manifest.table(name)})


def _theme_page(each: Theme) -> PageSpec:
    own = OWN_PAGES.get(each.code)
    return PageSpec(each.title_zh, each.code, own or partial(theme.render, theme=each))
