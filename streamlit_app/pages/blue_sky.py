"""浙里蓝天: the province's air for those who decide: where it stands, against what limit, what changed, how sure.

Puts the pieces in order; every piece reads one publication under one choice. Does not belong here: queries, words, HTML.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from catalog.publication import Publication
from streamlit_app import queries
from streamlit_app.components import header
from streamlit_app.components.cards import figure_card, level_card
from streamlit_app.components.definition import explain
from streamlit_app.components.html import escape, heading, show
from streamlit_app.controls import Choice, choose
from streamlit_app.figures import Figure, Figures, load, rulebook_at, same_edition_change
from streamlit_app.limits import limit_of
from streamlit_app.pages import blue_sky_city, blue_sky_map, blue_sky_take
from streamlit_app.places import Region
from streamlit_app.reference import IN_FORCE, edition_name
from streamlit_app.summary import HEADLINES, day_summary, period_summary
from streamlit_app.wording import number

PROVINCE_CODES = {
    "year": ("air_good_day_ratio", "air_pm25_mean", "air_o3_p90", "air_attained"),
    "day": (),
}
PROVINCE_DEFAULT = ("air_good_day_ratio", "air_pm25_mean", "air_o3_p90", "air_pm10_mean")
CITY_CODES = {"day": ("air_aqi", "air_pm25_day", "air_o3_day", "air_pm10_day")}
CITY_DEFAULT = ("air_good_day_ratio", "air_pm25_mean", "air_o3_p90", "air_composite_index")


def render(publication: Publication) -> None:
    """The page."""
    header.title("浙里蓝天", "环境空气质量：现状、限值、变化、来历")
    header.facts(publication, queries.latest_hour(publication), datetime.now(UTC))
    blue_sky_map.take_click()
    choice = choose(publication)
    if choice is None:
        show('<div class="caution">当前发布中没有任何省份的数值。</div>')
        return
    figures = load(publication, choice.edition, choice.period, choice.regions)
    _conclusion(publication, choice, figures)
    _province(publication, choice, figures)
    blue_sky_map.render(publication, choice, figures)
    heading(choice.city.name_zh, f"{choice.period.label} · {edition_name(choice.edition)}")
    _city(publication, choice, figures)
    blue_sky_city.render(publication, choice)
    blue_sky_take.render(publication, choice, figures)


def _conclusion(publication: Publication, choice: Choice, figures: Figures) -> None:
    if choice.period.type == "day":
        text = day_summary(figures, choice.province, choice.cities)
    else:
        limits = {code: limit_of(publication, code, choice.edition, choice.period.end) for code in HEADLINES}
        text = period_summary(figures, choice.province, choice.cities, {c: v for c, v in limits.items() if v})
    show(f'<div class="conclusion" data-testid="conclusion">{escape(text)}</div>')
    if note := _edition_note(publication, choice):
        show(f'<div class="caution">{escape(note)}</div>')


def _edition_note(publication: Publication, choice: Choice) -> str:
    """Which rules apply; a warning where a comparison spans two of them."""
    now = edition_name(rulebook_at(publication, choice.edition, choice.period.end))
    if choice.edition != IN_FORCE:
        return f"已按{edition_name(choice.edition)}统一评价（假设情景，非当时有效的评价）。"
    days = (choice.period.before.start, choice.period.start)
    others = [edition_name(rulebook_at(publication, IN_FORCE, day)) for day in days]
    different = sorted({name for name in others if name != now})
    if not different or choice.period.type == "day":
        return ""
    return (
        f"本期末执行{now}，而比较所涉时段中部分日期执行{'、'.join(different)}："
        "优良天数、综合指数等的同比同时含有标准变化的影响。各卡片另列按同一版本的同比；也可在上方统一换用某一版本。"
    )


def _province(publication: Publication, choice: Choice, figures: Figures) -> None:
    kind = choice.period.type
    heading(f"{choice.province.name_zh}总体", f"{choice.period.label} · {edition_name(choice.edition)}")
    codes = PROVINCE_CODES.get(kind, PROVINCE_DEFAULT)
    _cards(publication, choice, figures, choice.province, codes)


def _city(publication: Publication, choice: Choice, figures: Figures) -> None:
    _cards(publication, choice, figures, choice.city, CITY_CODES.get(choice.period.type, CITY_DEFAULT))


def _cards(
    publication: Publication, choice: Choice, figures: Figures, region: Region, codes: tuple[str, ...]
) -> None:
    """Key figures in a row, the days by level last."""
    columns = st.columns(len(codes) + 1 if codes else [2, 3], gap="small")
    for column, code in zip(columns, codes, strict=False):
        figure = figures.get(code, region.code)
        with column:
            figure_card(
                figure,
                change=figures.change(figure),
                fair_change=same_edition_change(publication, figures, figure),
                limit=limit_of(publication, code, choice.edition, choice.period.end),
                aside=_rank_words(publication, choice, figures, figure),
                explain=partial(explain, publication, edition=choice.edition),
            )
    with columns[len(codes)]:
        _levels(publication, choice, region)


def _levels(publication: Publication, choice: Choice, region: Region) -> None:
    members = [c.code for c in choice.cities] if region.level == "province" else [region.code]
    counts = queries.level_days(publication, members, choice.edition, choice.period)
    expected = choice.period.days * len(members)
    if choice.period.type == "day" and region.level == "province":
        level_card("各市当日级别", counts, expected, "个市", "全省不合成日AQI，按设区市统计")
    elif region.level == "province":
        level_card("各级别天数", counts, expected, "市·天", f"{len(members)} 个设区市逐日合计")
    else:
        level_card("各级别天数", counts, expected, "天", f"共 {expected} 天")


def _rank_words(publication: Publication, choice: Choice, figures: Figures, figure: Figure) -> str:
    """Place of a composite index among the province's cities, and how it moved, compared under one edition."""
    if figure.card.code != "air_composite_index" or figure.value is None:
        return ""
    rank = figures.get("air_composite_rank", figure.region.code)
    if rank.value is None:
        return ""
    words = f"省内第 {number(rank.value, 0)} 位（共 {len(choice.cities)} 市）"
    rulebook = rulebook_at(publication, choice.edition, choice.period.end)
    then = load(publication, rulebook, choice.period.before, choice.regions).get(rank.card.code, figure.region.code)
    now = load(publication, rulebook, choice.period, choice.regions).get(rank.card.code, figure.region.code)
    if then.value is None or now.value is None:
        return words
    moved = int(then.value - now.value)
    return f"{words}，较上年同期{'持平' if not moved else f'前进 {moved} 位' if moved > 0 else f'后退 {-moved} 位'}"

