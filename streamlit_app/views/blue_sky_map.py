"""Map and ranking of the cities by one indicator: the middle of 浙里蓝天.

Does not belong here: drawing them (``components``).
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from catalog.publication import Publication
from streamlit_app import queries
from streamlit_app.components import city_map
from streamlit_app.components.html import heading, show
from streamlit_app.components.ranking import places, ranking_table
from streamlit_app.controls import CITY_KEY, Choice
from streamlit_app.figures import Figures, compare, edition_free
from streamlit_app.geometry import shapes
from streamlit_app.rules import IN_FORCE, edition_name, rulebooks_touched

BY_PERIOD = {
    "air_composite_index": "综合指数",
    "air_good_day_ratio": "优良天数比例",
    "air_pm25_mean": "PM2.5",
    "air_o3_p90": "臭氧",
    "air_pm10_mean": "PM10",
    "air_no2_mean": "二氧化氮",
}
BY_DAY = {
    "air_aqi": "AQI",
    "air_pm25_day": "PM2.5",
    "air_o3_day": "臭氧",
    "air_pm10_day": "PM10",
    "air_no2_day": "二氧化氮",
}
BESIDE_PERIOD = ("air_composite_index", "air_good_day_ratio", "air_pm25_mean", "air_o3_p90")
BESIDE_DAY = ("air_aqi", "air_pm25_day", "air_o3_day")
NEXT_CITY = "next-city"


def render(publication: Publication, choice: Choice, figures: Figures) -> None:
    """Both, side by side; on a narrow screen one below the other."""
    is_day = choice.period.type == "day"
    options = BY_DAY if is_day else BY_PERIOD
    heading("各设区市", f"{choice.period.label} · {edition_name(publication, choice.edition)} · 点击地图选择城市")
    with st.container(horizontal=True, vertical_alignment="center"):
        code = st.segmented_control(
            "地图与排名的指标",
            list(options),
            format_func=options.__getitem__,
            default=next(iter(options)),
            required=True,
            key="map-day" if is_day else "map",
            bind="query-params",
            label_visibility="collapsed",
        )
        with_points = st.toggle("显示监测点位", key="points", bind="query-params")
    assert code is not None
    ranked = places(figures, choice.cities, code)
    left, right = st.columns([3, 4], gap="medium")
    with left, st.container(border=True, key="box-map"):
        _map(publication, choice, figures, code, with_points=with_points)
    with right, st.container(border=True, height="stretch", key="box-ranking"):
        titles = {c: options[c] for c in dict.fromkeys((code, *(BESIDE_DAY if is_day else BESIDE_PERIOD)))}
        compared = partial(compare, publication, figures)
        show(ranking_table(figures, ranked, titles, choice.city.code, compared, with_primary=is_day))
        show(f'<p class="quiet">{_rank_note(publication, choice, code)}</p>')


def _map(publication: Publication, choice: Choice, figures: Figures, code: str, *, with_points: bool) -> None:
    codes = [city.code for city in choice.cities]
    shown = [figures.get(code, city) for city in codes]
    points = queries.stations(publication, codes).to_dicts() if with_points else []
    # The chosen city is part of the key: a new choice is a new chart without selection, so any city can be clicked.
    key = f"map-{code}-{choice.city.code}-{with_points}"
    clicked = city_map.city_map(shapes(codes), shown, choice.city.code, points, key)
    show(city_map.legend(shown))
    if clicked in codes and clicked != choice.city.code:
        st.session_state[NEXT_CITY] = clicked
        st.rerun()


def take_click() -> None:
    """Apply a city clicked in the last run; a widget's value can only be set before it is drawn."""
    if NEXT_CITY in st.session_state:
        st.session_state[CITY_KEY] = st.session_state.pop(NEXT_CITY)


def _rank_note(publication: Publication, choice: Choice, code: str) -> str:
    if code == "air_composite_index":
        note = "名次为发布的综合指数排名，按未修约值计算，相等并列；第 1 位为最好。"
    else:
        note = "名次按发布的修约值排列，相等并列；第 1 位为最好。"
    rulebooks = rulebooks_touched(publication, choice.period)
    if (
        choice.period.type == "day"
        or choice.edition != IN_FORCE
        or len(set(rulebooks)) == 1
        or code in edition_free(publication)
    ):
        return note
    return f"{note}同比的两期均按{edition_name(publication, rulebooks[-1])}计算。"
