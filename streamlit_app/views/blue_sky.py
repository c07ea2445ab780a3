"""浙里蓝天: the province's air for those who decide: where it stands, against what limit, what changed, how sure.

Puts the pieces in order; every piece reads one publication under one choice. Does not belong here: queries, words,
HTML.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from catalog.publication import Publication
from streamlit_app import periods, queries
from streamlit_app.components import header
from streamlit_app.components.cards import figure_card, level_card
from streamlit_app.components.definition import explain
from streamlit_app.components.html import emphasised, escape, heading, show
from streamlit_app.controls import Choice, choose
from streamlit_app.figures import Figure, Figures, compare, load
from streamlit_app.places import Region
from streamlit_app.rules import IN_FORCE, edition_name, limit_of, rulebook_at, rulebooks_touched
from streamlit_app.summary import HEADLINES, cities_by_level, day_summary, period_summary
from streamlit_app.views import blue_sky_city, blue_sky_map, blue_sky_take
from streamlit_app.wording import number, statuses_words

PROVINCE_CODES = {
    "year": ("air_good_day_ratio", "air_pm25_mean", "air_o3_p90", "air_attained"),
    "day": (),
}
PROVINCE_DEFAULT = ("air_good_day_ratio", "air_pm25_mean", "air_o3_p90", "air_pm10_mean")
CITY_CODES = {"day": ("air_aqi", "air_primary_pollutant", "air_pm25_day", "air_o3_day", "air_pm10_day")}
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
    heading(choice.city.name_zh, f"{choice.period.label} · {edition_name(publication, choice.edition)}")
    _city(publication, choice, figures)
    blue_sky_city.render(publication, choice)
    blue_sky_take.render(publication, choice, figures)


def _conclusion(publication: Publication, choice: Choice, figures: Figures) -> None:
    if choice.period.type == "day":
        text = day_summary(figures, choice.province, choice.cities)
    else:
        limits = {code: limit_of(publication, code, choice.edition, choice.period.end) for code in HEADLINES}
        compared = partial(compare, publication, figures)
        text = period_summary(figures, choice.province, choice.cities, {c: v for c, v in limits.items() if v}, compared)
    show(f'<div class="conclusion">{emphasised(text)}</div>')
    if note := _edition_note(publication, choice):
        show(f'<div class="caution">{escape(note)}</div>')


def _edition_note(publication: Publication, choice: Choice) -> str:
    """Which rules apply; a warning where a comparison spans two of them."""
    if choice.edition != IN_FORCE:
        return f"以下数值一律按{edition_name(publication, choice.edition)}评价，用于比较；不一定是当时有效的评价。"
    *others, now = rulebooks_touched(publication, choice.period)
    different = sorted({edition_name(publication, name) for name in others if name != now})
    held = periods.available(publication, choice.province.code).get(choice.period.type, [])
    if not different or choice.period.before.code not in {period.code for period in held}:
        return ""
    return (
        f"标准有更替：期末执行{edition_name(publication, now)}，此前执行{'、'.join(different)}。"
        "为使同比只反映空气本身的变化，随标准而变的指标（优良天数、综合指数等）两期均按新版标准比较；"
        "按两期各自标准的同比另列。"
    )


def _edition_words(publication: Publication, choice: Choice) -> str:
    if choice.edition != IN_FORCE:
        return edition_name(publication, choice.edition)
    return f"现行标准：期末执行{edition_name(publication, rulebook_at(publication, IN_FORCE, choice.period.end))}"


def _province(publication: Publication, choice: Choice, figures: Figures) -> None:
    kind = choice.period.type
    facts = (choice.period.label, _edition_words(publication, choice), f"数值状态：{statuses_words(figures.all())}")
    heading(f"{choice.province.name_zh}总体", " · ".join(facts))
    codes = PROVINCE_CODES.get(kind, PROVINCE_DEFAULT)
    _cards(publication, choice, figures, choice.province, codes)


def _city(publication: Publication, choice: Choice, figures: Figures) -> None:
    _cards(publication, choice, figures, choice.city, CITY_CODES.get(choice.period.type, CITY_DEFAULT))


def _cards(publication: Publication, choice: Choice, figures: Figures, region: Region, codes: tuple[str, ...]) -> None:
    """Key figures in a row, the days by level last; a city's single day has no days to count."""
    with_levels = not (choice.period.type == "day" and region.level == "city")
    columns = st.columns(len(codes) + with_levels, gap="small")
    for column, code in zip(columns, codes, strict=False):
        figure = figures.get(code, region.code)
        with column:
            figure_card(
                figure,
                comparison=compare(publication, figures, figure),
                limit=limit_of(publication, code, choice.edition, choice.period.end),
                aside=_rank_words(publication, choice, figures, figure),
                explain=partial(explain, publication, edition=choice.edition),
            )
    if with_levels:
        with columns[-1]:
            _levels(publication, choice, figures, region)


def _levels(publication: Publication, choice: Choice, figures: Figures, region: Region) -> None:
    members = [c.code for c in choice.cities] if region.level == "province" else [region.code]
    counts = queries.level_days(publication, members, choice.edition, choice.period)
    expected = choice.period.days * len(members)
    if region.level == "city":
        level_card(region.code, "各级别天数", counts, expected=expected, unit="天", note=f"共 {expected} 天")
    elif choice.period.type == "day":
        note = f"全省不合成日AQI，按设区市统计。{cities_by_level(figures, choice.cities)}"
        level_card(region.code, "各市当日级别", counts, expected=expected, unit="个市", note=note)
    else:
        note = f"{len(members)} 个设区市逐日合计"
        level_card(region.code, "各级别天数", counts, expected=expected, unit="市·天", note=note)


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
