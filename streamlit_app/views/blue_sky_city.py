"""One city through the year: calendar, monthly course against the limit, exceedance days, what moved the index.

Does not belong here: its key figures (``blue_sky``).
"""

from __future__ import annotations

import streamlit as st

from catalog.publication import Publication
from streamlit_app import periods, queries
from streamlit_app.components import trend
from streamlit_app.components.aqi_calendar import calendar_html
from streamlit_app.components.chart import draw
from streamlit_app.components.decomposition import index_change
from streamlit_app.components.html import escape, heading, show
from streamlit_app.controls import Choice
from streamlit_app.figures import cards, load
from streamlit_app.periods import Period
from streamlit_app.rules import Limit, edition_name, limit_of, rulebook_at
from streamlit_app.wording import POLLUTANTS_ZH, change_words, number

TRENDS = {
    "air_pm25_mean": "PM2.5",
    "air_o3_p90": "臭氧",
    "air_pm10_mean": "PM10",
    "air_no2_mean": "二氧化氮",
    "air_good_day_ratio": "优良天数比例",
    "air_composite_index": "综合指数",
}


NO_EXCEEDANCE = "有效的数值中没有超标天数。"


def render(publication: Publication, choice: Choice) -> None:
    """All four."""
    year = choice.period.start.year
    _calendar(publication, choice, year)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch", key="box-trend"):
        _trend(publication, choice)
    with right, st.container(border=True, height="stretch", key="box-exceedance"):
        _exceedance(publication, choice, year)
    if choice.period.type != "day":
        left, right = st.columns(2, gap="medium")
        with left, st.container(border=True, height="stretch", key="box-index"):
            _index_change(publication, choice)
        with right, st.container(border=True, height="stretch", key="box-exceedance-cities"):
            _exceedance_of_cities(publication, choice)


def _calendar(publication: Publication, choice: Choice, year: int) -> None:
    days = queries.calendar(publication, choice.city.code, choice.edition, year)
    span = periods.day_range(publication)
    assert span is not None
    with st.container(border=True, key="box-calendar"):
        heading(f"{year}年每日空气质量日历", f"{choice.city.name_zh} · {edition_name(publication, choice.edition)}")
        show(calendar_html(days, choice.period, span[1]))


def _trend(publication: Publication, choice: Choice) -> None:
    heading("逐月变化", "本年与上年对照")
    with st.container(horizontal=True):
        code = st.selectbox(
            "逐月指标", list(TRENDS), format_func=TRENDS.__getitem__, key="trend", bind="query-params", width=150
        )
        where = st.segmented_control(
            "范围",
            ["city", "province"],
            format_func={"city": choice.city.name_zh, "province": "全省"}.__getitem__,
            default="city",
            required=True,
            key="trend-of",
            bind="query-params",
        )
    region = choice.province if where == "province" else choice.city
    years = queries.years_of(choice.period)
    series = queries.monthly(publication, code, region.code, choice.edition, years)
    if series.is_empty():
        level = "全省" if where == "province" else "城市"
        show(f'<p class="quiet">{escape(cards(publication)[code].name_zh)}不按{level}发布月值。</p>')
        return
    limits = _monthly_limits(publication, code, choice.edition, years[0])
    show(trend.two_years_legend(years, limits))
    card = cards(publication)[code]
    draw(trend.two_years(series, card, years, limits), "trend-chart", f"{region.name_zh}{card.name_zh}逐月变化")
    notes = trend.missing_months(series)
    limit_note = trend.limit_note(years[0], limits)
    show(f'<p class="quiet">{limit_note}{"无值月份：" + "；".join(map(escape, notes)) if notes else ""}</p>')


def _monthly_limits(publication: Publication, code: str, edition: str, year: int) -> dict[int, Limit]:
    """Month → the limit that applies at its end."""
    ends = {month: periods.month_period(year, month).end for month in range(1, 13)}
    found = {month: limit_of(publication, code, edition, end) for month, end in ends.items()}
    return {month: limit for month, limit in found.items() if limit is not None}


def _exceedance(publication: Publication, choice: Choice, year: int) -> None:
    heading("逐月超标天数", f"{choice.city.name_zh} · {year}年 · 按污染物")
    days = queries.exceedance_by_month(publication, choice.city.code, choice.edition, year)
    if not days["days"].sum():
        show(f"<p>{NO_EXCEEDANCE}</p>")
        return
    show(trend.pollutants_legend())
    draw(trend.exceedance_by_month(days), "exceedance-chart", f"{choice.city.name_zh}{year}年逐月超标天数")
    show(
        '<p class="quiet">一天可有多项污染物超标，各项分别计数，因此柱高可大于超标天数。'
        "没有柱的月份为零天或无有效值。</p>"
    )


def _exceedance_of_cities(publication: Publication, choice: Choice) -> None:
    heading("各市超标天数", f"{choice.period.label} · 按污染物")
    figures = load(publication, choice.edition, choice.period, choice.regions)
    rows = [
        {"city": city.name_zh.removesuffix("市"), "pollutant": POLLUTANTS_ZH[pollutant], "days": int(figure.value)}
        for city in choice.cities
        for pollutant in queries.POLLUTANTS
        if (figure := figures.get(f"air_{pollutant}_exceedance_days", city.code)).value is not None
    ]
    names = [city.name_zh.removesuffix("市") for city in choice.cities]
    absent = sorted(set(names) - {str(row["city"]) for row in rows}, key=names.index)
    if any(row["days"] for row in rows):
        show(trend.pollutants_legend())
        draw(trend.exceedance_by_city(rows, names), "exceedance-cities-chart", f"{choice.period.label}各市超标天数")
    elif rows:
        show(f"<p>{NO_EXCEEDANCE}</p>")
    show(f'<p class="quiet">{"无有效值的城市：" + "、".join(absent) + "。" if absent else "各市均有有效值。"}</p>')


def _index_change(publication: Publication, choice: Choice) -> None:
    """Both periods under the one edition that applies at the end of this one, so that rules do not look like air."""
    rulebook = rulebook_at(publication, choice.edition, choice.period.end)
    heading("综合指数的变化来自哪里", f"{choice.city.name_zh} · 本期对比上年同期")
    before = choice.period.before
    now_parts, then_parts = (_parts(publication, choice, rulebook, p) for p in (choice.period, before))
    figures = load(publication, rulebook, choice.period, choice.regions)
    now = figures.get("air_composite_index", choice.city.code)
    then = load(publication, rulebook, before, choice.regions).get("air_composite_index", choice.city.code)
    if not now_parts or not then_parts:
        change = figures.change(now)
        why = (
            change_words(change, "lower").words
            if change is not None and change.value is None
            else "发布中没有可对照的单项指数"
        )
        show(f'<p class="reason">暂时无法分解：{escape(why)}。</p>')
        return
    show(
        f'<p class="quiet">综合指数 {number(then.value, 2)} → <b>{number(now.value, 2)}</b>；'
        f"两期均按{escape(edition_name(publication, rulebook))}计算。</p>"
    )
    draw(index_change(now_parts, then_parts), "index-change-chart", "综合指数变化按污染物分解")
    show('<p class="quiet">这是按污染物的构成分解，不等于成因：气象影响尚未剥离。</p>')


def _parts(publication: Publication, choice: Choice, rulebook: str, period: Period) -> dict[str, float]:
    return queries.index_parts(publication, choice.city.code, rulebook, period)
