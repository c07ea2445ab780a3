"""Any theme or topic, drawn from its cards and the publication: key figures, map or ranking, trend, table, download.

One page for all of them: nothing here knows a theme. Does not belong here: what only one theme can show
(``blue_sky``), queries, words.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

import streamlit as st

from catalog.publication import Publication
from catalog.themes import Theme
from streamlit_app import holdings, theme_choice
from streamlit_app.components import city_map, course, header
from streamlit_app.components.cards import figure_card
from streamlit_app.components.chart import draw
from streamlit_app.components.definition import explain
from streamlit_app.components.figure_table import figure_table
from streamlit_app.components.html import escape, heading, show
from streamlit_app.components.ranking import Place, places, ranking_table
from streamlit_app.exports import figures_csv
from streamlit_app.figures import CHANGE, Figure, Figures, cards, compare, load
from streamlit_app.geometry import shapes
from streamlit_app.holdings import codes_of, with_changes
from streamlit_app.places import Region
from streamlit_app.rules import Target, edition_name, limit_of, targets
from streamlit_app.theme_choice import REGION_KEY, ThemeChoice
from streamlit_app.wording import level_words, statuses_words, target_words

# Two rows of four: what a reader takes in at once; the rest stands in the table below.
HEADLINES, IN_A_ROW = 8, 4
# A longer ranking is no longer read; all of it is in the download.
RANKED_ROWS = 60
NEXT_REGION = "next-region"


def render(publication: Publication, theme: Theme) -> None:
    """The page of one theme."""
    header.title(theme.title_zh, f"{theme.title_en} · 指标、目标、变化、来历")
    today = datetime.now(header.ZONE).date()
    header.theme_facts(publication, holdings.newest(publication, theme.code), today)
    _take_click()
    choice = theme_choice.choose(publication, theme.code)
    if choice is None:
        show('<div class="caution">当前发布中没有本主题的数值。</div>')
        return
    codes = with_changes(codes_of(publication, theme.code))
    figures = load(publication, choice.edition, choice.period, [choice.region], codes)
    held = _by_weight(figures)
    _headlines(publication, choice, figures, held[:HEADLINES])
    code = _indicator(held)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch", key="box-regions"):
        _regions(publication, choice, code)
    with right, st.container(border=True, height="stretch", key="box-trend"):
        _trend(publication, choice, figures.get(code, choice.region.code))
    _all(publication, theme, choice, figures, held)


def _by_weight(figures: Figures) -> list[Figure]:
    """The region's figures: those with a target, a value, a good direction, a same-period change before the others."""

    def weight(figure: Figure) -> tuple[bool, bool, bool, bool, str]:
        card = figure.card
        return not card.target, figure.value is None, card.better == "none", card.change == "none", card.code

    return sorted((figure for figure in figures.all() if not _is_change(figure)), key=weight)


def _is_change(figure: Figure) -> bool:
    return figure.card.code.endswith(CHANGE) and figure.card.change == "none"


def _headlines(publication: Publication, choice: ThemeChoice, figures: Figures, shown: list[Figure]) -> None:
    facts = (choice.period.label, edition_name(publication, choice.edition), f"数值状态：{statuses_words(shown)}")
    heading(choice.region.name_zh, " · ".join(facts))
    for first in range(0, len(shown), IN_A_ROW):
        for column, figure in zip(st.columns(IN_A_ROW, gap="small"), shown[first : first + IN_A_ROW], strict=False):
            with column:
                figure_card(
                    figure,
                    comparison=compare(publication, figures, figure),
                    limit=limit_of(publication, figure.card.code, choice.edition, choice.period.end),
                    aside="；".join(target_words(figure, target) for target in _targets(publication, figure)),
                    explain=partial(explain, publication, edition=choice.edition),
                )


def _targets(publication: Publication, figure: Figure) -> list[Target]:
    """The plan's targets that the card says it measures; they are the province's, not a city's."""
    if figure.region.level != "province":
        return []
    known = targets(publication)
    return [known[code] for code in figure.card.target.split(",") if code in known]


def _indicator(held: list[Figure]) -> str:
    names = {figure.card.code: figure.card.name_zh for figure in held}
    return st.selectbox(
        "比较与趋势的指标",
        list(names),
        format_func=names.__getitem__,
        key="indicator",
        bind="query-params",
        width=420,
    )


def _regions(publication: Publication, choice: ThemeChoice, code: str) -> None:
    """Map where the regions compared are cities with a shape; the ranking always."""
    card = cards(publication)[code]
    heading(card.name_zh, f"{level_words(choice.level)}比较 · {choice.period.label}")
    peers = _peers(choice)
    figures = load(publication, choice.edition, choice.period, peers, (code, code + CHANGE))
    compared = [region for region in peers if (code, region.code) in figures.held]
    if not compared:
        show(f'<p class="reason">{escape(card.name_zh)}不按{escape(level_words(choice.level))}发布本时段的数值。</p>')
        return
    ranked = places(figures, compared, code)
    if choice.level == "city":
        _map(choice, figures, [region.code for region in compared], code)
    table = ranking_table(
        figures,
        _shown(ranked, choice.region.code),
        {code: card.name_zh},
        choice.region.code,
        partial(compare, publication, figures),
        where_zh=level_words(choice.level),
    )
    show(table)
    show(f'<p class="quiet">{_note(ranked)}</p>')


def _peers(choice: ThemeChoice) -> list[Region]:
    """Regions in the same one as the region chosen, or all of the level; asked only where the two differ."""
    every, siblings = [spot.region for spot in choice.spots], choice.siblings
    within = choice.spot.parent_zh
    if not within or len(siblings) == len(every):
        return every
    scope = st.segmented_control(
        "比较范围",
        ["siblings", "all"],
        format_func={"siblings": f"{within}内", "all": "全部"}.__getitem__,
        # Alone in its region there is nothing to compare with.
        default="siblings" if len(siblings) > 1 else "all",
        required=True,
        key="scope",
        label_visibility="collapsed",
    )
    return siblings if scope == "siblings" else every


def _shown(ranked: list[Place], chosen: str) -> list[Place]:
    """The first places, and the chosen region wherever it stands."""
    return [*ranked[:RANKED_ROWS], *(p for p in ranked[RANKED_ROWS:] if p.figure.region.code == chosen)]


def _note(ranked: list[Place]) -> str:
    first = ranked[0].figure.card
    rule = "名次按发布的修约值排列，相等并列；第 1 位为最好"
    if first.better == "none":
        rule = "本指标没有好坏方向，不排名次"
    absent = sum(place.figure.value is None for place in ranked)
    cut = f"；仅列前 {RANKED_ROWS} 个，全部见下载" if len(ranked) > RANKED_ROWS else ""
    return f"{rule}。共 {len(ranked)} 个，{absent} 个无有效值{cut}。"


def _map(choice: ThemeChoice, figures: Figures, codes: list[str], code: str) -> None:
    drawn = shapes(codes)
    if not drawn:
        return
    shown = [figures.get(code, shape.region_code) for shape in drawn]
    key = f"map-{code}-{choice.region.code}-{len(codes)}"
    clicked = city_map.city_map(drawn, shown, choice.region.code, [], key)
    show(city_map.legend(shown))
    pickable = {spot.region.code for spot in choice.spots if spot.has_value}
    if clicked in pickable and clicked != choice.region.code:
        st.session_state[NEXT_REGION] = clicked
        st.rerun()


def _take_click() -> None:
    """Apply a region clicked in the last run; a widget's value can only be set before it is drawn."""
    if NEXT_REGION in st.session_state:
        st.session_state[REGION_KEY] = st.session_state.pop(NEXT_REGION)


def _trend(publication: Publication, choice: ThemeChoice, figure: Figure) -> None:
    card = figure.card
    heading("趋势", f"{choice.region.name_zh} · {card.name_zh}")
    series = holdings.series(publication, card.code, choice.region, choice.period.type, choice.edition)
    if series["value"].is_null().all():
        show(f'<p class="reason">{escape(card.name_zh)}没有有效值。</p>')
    else:
        spec = course.through_periods(series, card, choice.period.type, _line(publication, choice, figure))
        draw(spec, "trend-chart", f"{choice.region.name_zh}{card.name_zh}趋势")
    if absent := course.missing_periods(series, choice.period.type):
        show(f'<p class="quiet">无值时段：{escape(absent)}。</p>')
    _definition(figure)


def _line(publication: Publication, choice: ThemeChoice, figure: Figure) -> Decimal | None:
    """What the values are held against: a limit, else a target in the same unit."""
    limit = limit_of(publication, figure.card.code, choice.edition, choice.period.end)
    if limit is not None:
        return limit.value
    return next((t.value for t in _targets(publication, figure) if t.unit == figure.card.unit), None)


def _definition(figure: Figure) -> None:
    card = figure.card
    names = ("定义", "算法", "依据标准", "责任单位", "注意")
    texts = (card.definition_zh, card.formula, card.standard, card.owner_zh, card.caveats_zh)
    body = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in zip(names, texts, strict=True) if text)
    show(f'<dl class="definition">{body}</dl>')


def _all(publication: Publication, theme: Theme, choice: ThemeChoice, figures: Figures, held: list[Figure]) -> None:
    heading("全部指标", f"{choice.region.name_zh} · {choice.period.label} · {len(held)} 项")
    by_code = {figure.card.code: figure for figure in held}
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="box-take"):
        code = st.selectbox(
            "查来历的指标", list(by_code), format_func=lambda c: by_code[c].card.name_zh, key="origin-code", width=330
        )
        if st.button("查这个数怎么来的", key="origin-open"):
            explain(publication, by_code[code], edition=choice.edition)
        st.download_button(
            f"下载本时段全部{level_words(choice.level)}的数值（CSV）",
            partial(_download, publication, theme.code, choice),
            file_name=f"{theme.title_zh}_{choice.level}_{choice.period.code}_{choice.edition}_{publication.id}.csv",
            mime="text/csv",
            key="download",
            on_click="ignore",
        )
    show(figure_table(held, partial(compare, publication, figures)))


def _download(publication: Publication, theme: str, choice: ThemeChoice) -> bytes:
    """Every figure of the theme for all regions of the level; read only when it is asked for."""
    regions = [spot.region for spot in choice.spots]
    codes = with_changes(codes_of(publication, theme))
    return figures_csv(publication, load(publication, choice.edition, choice.period, regions, codes).all())
