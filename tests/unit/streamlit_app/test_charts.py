"""Map, ranking, calendar and charts: what is drawn is what was published, and never by colour alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from streamlit_app.components import aqi_calendar, city_map, decomposition, ranking, trend
from streamlit_app.components.html import emphasised
from streamlit_app.figures import Card, Comparison, Figure, Figures
from streamlit_app.geometry import Shape
from streamlit_app.periods import Period, day_period, month_period
from streamlit_app.places import Region
from streamlit_app.rules import Limit

MARCH = month_period(2026, 3)
NAMES = {"330100": "杭州市", "330200": "宁波市", "330300": "温州市", "330400": "嘉兴市"}
REGIONS = [Region(code, "city", name) for code, name in NAMES.items()]


def figures_of(*shown: Figure, period: Period = MARCH) -> Figures:
    cards: dict[str, Card] = {figure.card.code: figure.card for figure in shown}
    regions = {region.code: region for region in REGIONS}
    return Figures("in-force", period, cards, regions, {figure.key: figure for figure in shown})


@pytest.fixture
def indexed(make: Callable[..., Figure]) -> Figures:
    """Composite indexes with the published ranks of their unrounded values: 嘉兴 and 温州 tie, 宁波 has none."""
    values = {"330100": ("3.84", "3"), "330300": ("3.39", "1"), "330400": ("3.39", "1")}
    shown = []
    for region in REGIONS:
        index, rank = values.get(region.code, (None, None))
        reason = None if index else "too_few_days: 4 of 6 pollutants assessable"
        shown.append(make("air_composite_index", index, region=region, reason=reason))
        shown.append(make("air_composite_rank", rank, region=region, reason=reason))
    return figures_of(*shown)


def test_ranking_takes_the_published_rank_and_shows_ties(indexed: Figures) -> None:
    placed = ranking.places(indexed, REGIONS, "air_composite_index")
    assert [(p.figure.region.name_zh, p.rank, p.tied) for p in placed] == [
        ("温州市", 1, True),
        ("嘉兴市", 1, True),
        ("杭州市", 3, False),
        ("宁波市", None, False),
    ]


def test_ranking_by_a_value_shares_a_rank_between_equals(make: Callable[..., Figure]) -> None:
    ratios = {"330100": "90.5", "330200": "98.7", "330300": "90.5", "330400": "84.9"}
    shown = [make("air_good_day_ratio", ratios[region.code], region=region) for region in REGIONS]
    placed = ranking.places(figures_of(*shown), REGIONS, "air_good_day_ratio")
    assert [(p.figure.region.name_zh, p.rank) for p in placed] == [
        ("宁波市", 1),
        ("杭州市", 2),
        ("温州市", 2),
        ("嘉兴市", 4),
    ]


def test_ranking_table_says_why_a_city_has_no_place(indexed: Figures) -> None:
    placed = ranking.places(indexed, REGIONS, "air_composite_index")
    table = ranking.ranking_table(
        indexed, placed, {"air_composite_index": "综合指数"}, "330100", lambda figure: Comparison(None)
    )
    assert "有效天数不足：可评价的污染物 4/6 项" in table
    assert table.count("并列") == 2
    assert "下限" not in table


def test_ranking_table_shows_an_interval_where_there_is_one(make: Callable[..., Figure]) -> None:
    shown = make("air_pm25_mean", "27", region=REGIONS[0], lower="26", upper="29")
    figures = figures_of(shown)
    placed = ranking.places(figures, REGIONS[:1], "air_pm25_mean")
    table = ranking.ranking_table(figures, placed, {"air_pm25_mean": "PM2.5"}, "", lambda figure: Comparison(None))
    assert "<th>下限</th><th>上限</th>" in table
    assert "<td>26</td><td>29</td>" in table


SQUARE = {"type": "MultiPolygon", "coordinates": [[[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]]}
SHAPES = [Shape(code, SQUARE, 0.5, 0.5) for code in NAMES]


def facts_of(spec: dict[str, object]) -> dict[str, dict[str, object]]:
    layers = spec["layer"]
    assert isinstance(layers, list)
    features = layers[0]["data"]["values"]["features"]
    return {feature["properties"]["code"]: feature["properties"] for feature in features}


def test_the_map_is_darker_where_the_air_is_worse(make: Callable[..., Figure]) -> None:
    shown = [make("air_pm25_mean", value, region=r) for r, value in zip(REGIONS, ("20", "22", "26", "30"), strict=True)]
    facts = facts_of(city_map.map_spec(SHAPES, shown, "330100", []))
    assert [facts[code]["fill"] for code in NAMES] == [city_map.STEPS[i] for i in (0, 1, 3, 4)]
    ratios = [make("air_good_day_ratio", v, region=r) for r, v in zip(REGIONS, ("80", "85", "95", "100"), strict=True)]
    facts = facts_of(city_map.map_spec(SHAPES, ratios, "330100", []))
    assert [facts[code]["fill"] for code in NAMES] == [city_map.STEPS[i] for i in (4, 3, 1, 0)]


def test_the_map_writes_every_value_and_every_absence(make: Callable[..., Figure]) -> None:
    shown = [
        make("air_pm25_mean", "27", region=REGIONS[0]),
        make("air_pm25_mean", None, region=REGIONS[1], reason="too_few_points"),
    ]
    facts = facts_of(city_map.map_spec(SHAPES[:2], shown, "330200", []))
    assert (facts["330100"]["short"], facts["330100"]["value"]) == ("27", "27 微克/立方米")
    assert (facts["330200"]["short"], facts["330200"]["value"]) == ("无值", "有效监测点位不足")
    assert facts["330200"]["fill"] == city_map.MISSING_FILL
    assert [code for code, fact in facts.items() if fact["chosen"]] == ["330200"]


def test_the_map_of_aqi_uses_the_official_colours(make: Callable[..., Figure]) -> None:
    shown = [make("air_aqi", v, region=r) for r, v in zip(REGIONS, ("50", "51", "150", "301"), strict=True)]
    facts = facts_of(city_map.map_spec(SHAPES, shown, "330100", []))
    assert [facts[code]["fill"] for code in NAMES] == ["#00E400", "#FFFF00", "#FF7E00", "#7E0023"]


def test_the_maps_legend_names_its_classes(make: Callable[..., Figure]) -> None:
    shown = [make("air_pm25_mean", v, region=r) for r, v in zip(REGIONS, ("20", "22", "26", "30"), strict=True)]
    assert re.findall(r"[\d.]+–[\d.]+", city_map.legend(shown)) == ["20–22", "22–24", "24–26", "26–28", "28–30"]


def test_the_calendar_tells_good_days_from_absent_and_coming_ones(days_frame: Callable[..., pl.DataFrame]) -> None:
    first = date(2026, 1, 1)
    days = [(first + timedelta(days=i), None, None, None, None) for i in range(365)]
    days[0] = (first, 40, 1, None, None)
    days[1] = (date(2026, 1, 2), 120, 3, "O3", None)
    days[2] = (date(2026, 1, 3), None, None, None, "missing_pollutants")
    html = aqi_calendar.calendar_html(days_frame(*days), day_period(date(2026, 1, 2)), date(2026, 1, 4))
    assert html.count('data-date="') == 365
    assert html.count('class="day later') == 361
    assert html.count('class="day hatched') == 2
    assert "2026年1月2日\nAQI 120 · 轻度污染\n首要污染物：臭氧\n状态：暂定" in html
    assert "2026年1月3日\n无有效AQI\n污染物缺项" in html
    assert "2026年1月4日\n无有效AQI\n无监测记录" in html
    assert 'class="day picked" tabindex="0" data-date="2026-01-02"' in html


def test_exceedance_bars_stand_on_each_other() -> None:
    values = [
        {"city": "杭州", "pollutant": "臭氧", "days": 19},
        {"city": "杭州", "pollutant": "PM2.5", "days": 9},
        {"city": "杭州", "pollutant": "一氧化碳", "days": 0},
    ]
    bars = trend.exceedance_by_city(values, ["杭州"])["layer"][0]["data"]["values"]
    assert [(bar["pollutant"], bar["bottom"], bar["top"]) for bar in bars] == [("PM2.5", 0, 9), ("臭氧", 9, 28)]


def test_the_limit_of_a_year_in_which_it_changed() -> None:
    limits = {m: Limit(Decimal(35 if m < 3 else 30), "annual", "x") for m in range(1, 13)}
    expected = "2026年适用的二级年均限值为 1–2月 35，3–12月 30；限值按年评价，月值仅供对照。"
    assert trend.limit_note(2026, limits) == expected
    assert trend.limit_note(2026, dict.fromkeys(limits, limits[12])).startswith("2026年适用的二级年均限值为 30；")
    assert trend.limit_note(2026, {}) == ""


def test_contributions_to_the_index_are_signed_and_sorted() -> None:
    spec = decomposition.index_change({"pm25": 0.95, "o3": 0.80, "so2": 0.1}, {"pm25": 0.90, "o3": 1.0, "so2": 0.1})
    rows = {row["pollutant"]: (row["text"], row["verdict"]) for row in spec["layer"][0]["data"]["values"]}
    assert rows == {
        "PM2.5": ("+0.05", "使指数上升"),
        "臭氧": ("−0.20", "使指数下降"),
        "二氧化硫": ("0.00", "使指数下降"),
    }
    assert spec["layer"][0]["encoding"]["y"]["sort"][0] == "臭氧"


def test_text_is_escaped_before_it_is_emphasised() -> None:
    assert emphasised("**<b>** & x") == "<b>&lt;b&gt;</b> &amp; x"
