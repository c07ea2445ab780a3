"""Charts of one place through the months of a year: two years overlaid with the limit, exceedance days by pollutant.

Does not belong here: reading the series (``queries``).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from streamlit_app.components.chart import (
    GREY,
    INK,
    LIMIT,
    MONTHS,
    POLLUTANT_COLOURS,
    Spec,
    field,
    layered,
    rows,
    tips,
)
from streamlit_app.figures import Card
from streamlit_app.levels import luminance
from streamlit_app.queries import POLLUTANTS
from streamlit_app.rules import Limit
from streamlit_app.wording import AVERAGING_ZH, POLLUTANTS_ZH, number, reason_words, status_words, unit_suffix

HEIGHT = 290
MONTH_AXIS: Spec = {"title": None, "axis": {"labelAngle": 0}, "sort": MONTHS, "scale": {"domain": MONTHS}}
# A label of 11 px in a plot of about 200 px.
SMALLEST_LABELLED_SHARE = 0.065


def two_years(series: pl.DataFrame, card: Card, years: tuple[int, int], limits: dict[int, Limit]) -> Spec:
    """Monthly values of this year (solid, round points) over last year's (dashed, square), with the limit."""
    values = [
        {
            "month": MONTHS[row["month"] - 1],
            "year": f"{row['year']}年",
            "value": float(row["value"]),
            "shown": f"{number(row['value'], card.decimals)}{unit_suffix(card)}",
            "status": status_words(row["status"]),
        }
        for row in series.iter_rows(named=True)
        if row["value"] is not None
    ]
    names = [f"{year}年" for year in years]
    title = card.unit_zh if card.unit_zh != "无量纲" else card.name_zh
    place = {
        "x": field("month", "ordinal", **MONTH_AXIS),
        "y": field("value", "quantitative", title=title, scale={"zero": card.unit != "%"}),
        "color": field("year", "nominal", scale={"domain": names, "range": [INK, GREY]}, legend=None),
    }
    dash = field("year", "nominal", scale={"domain": names, "range": [[1, 0], [6, 4]]}, legend=None)
    shape = field("year", "nominal", scale={"domain": names, "range": ["circle", "square"]}, legend=None)
    tooltip = tips(("year", "年"), ("month", "月"), ("shown", card.name_zh), ("status", "状态"))
    lines = {
        "data": rows(values),
        "mark": {"type": "line", "strokeWidth": 2.4},
        "encoding": place | {"strokeDash": dash},
    }
    dots = {
        "data": rows(values),
        "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
        "encoding": place | {"shape": shape, "tooltip": tooltip},
    }
    return layered([*_limit_line(limits), lines, dots], HEIGHT)


def two_years_legend(years: tuple[int, int], limits: dict[int, Limit]) -> str:
    """What the lines are."""
    items = [("solid", INK, f"{years[0]}年"), ("dashed", GREY, f"{years[1]}年")]
    items += [("dotted", LIMIT, f"二级{AVERAGING_ZH[next(iter(limits.values())).averaging]}限值")] if limits else []
    lines = "".join(
        f'<li><span class="stroke" style="border-top:3px {s} {c}"></span>{text}</li>' for s, c, text in items
    )
    return f'<ul class="legend">{lines}</ul>'


def limit_note(year: int, limits: dict[int, Limit]) -> str:
    """What the limit line says: ``1–2月 35，3–12月 30``."""
    spans: list[tuple[int, int, Limit]] = []
    for month, limit in sorted(limits.items()):
        if spans and spans[-1][2].value == limit.value:
            spans[-1] = (spans[-1][0], month, limit)
        else:
            spans.append((month, month, limit))
    if not spans:
        return ""
    values = [limit.text for _, _, limit in spans]
    parts = [f"{a}–{b}月 {value}" for (a, b, _), value in zip(spans, values, strict=True)]
    shown = values[0] if len(spans) == 1 else "，".join(parts)
    return f"{year}年适用的二级{AVERAGING_ZH[spans[0][2].averaging]}限值为 {shown}；限值按年评价，月值仅供对照。"


def missing_months(series: pl.DataFrame) -> list[str]:
    """Months whose value is null, with the reason, for the line below a chart."""
    return [
        f"{row['year']}年{row['month']}月：{reason_words(row['null_reason'])}"
        for row in series.iter_rows(named=True)
        if row["value"] is None
    ]


def exceedance_by_month(days: pl.DataFrame) -> Spec:
    """Exceedance days of each pollutant, stacked, month by month; ``days``: month, pollutant, days."""
    values = [
        {"month": MONTHS[row["month"] - 1], "pollutant": POLLUTANTS_ZH[row["pollutant"]], "days": row["days"]}
        for row in days.iter_rows(named=True)
        if row["days"] is not None
    ]
    return _stacked(values, "month", MONTHS, "月")


def exceedance_by_city(values: list[dict[str, Any]], cities: list[str]) -> Spec:
    """Exceedance days of each pollutant, stacked, city by city; ``values``: city, pollutant, days."""
    return _stacked(values, "city", cities, "城市")


def pollutants_legend() -> str:
    """Which colour is which pollutant."""
    items = (
        f'<li><span class="swatch" style="background:{POLLUTANT_COLOURS[name]}"></span>{name}</li>'
        for name in (POLLUTANTS_ZH[pollutant] for pollutant in POLLUTANTS)
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _limit_line(limits: dict[int, Limit]) -> list[Spec]:
    """A step line: the limit may change with the edition within the year."""
    values = [{"month": MONTHS[month - 1], "limit": float(limit.value)} for month, limit in sorted(limits.items())]
    mark = {"type": "line", "color": LIMIT, "strokeDash": [3, 3], "strokeWidth": 1.8, "interpolate": "step"}
    encoding = {"x": field("month", "ordinal", **MONTH_AXIS), "y": field("limit", "quantitative")}
    return [{"data": rows(values), "mark": mark, "encoding": encoding}] if values else []


def _stacked(values: list[dict[str, Any]], by: str, order: list[str], what: str) -> Spec:
    """Bars stacked here rather than by Vega: a number is written only where its part is tall enough to hold it."""
    pollutants = [POLLUTANTS_ZH[pollutant] for pollutant in POLLUTANTS]
    tops: dict[str, int] = {}
    placed = []
    for row in sorted((r for r in values if r["days"]), key=lambda r: pollutants.index(r["pollutant"])):
        bottom = tops.get(row[by], 0)
        tops[row[by]] = bottom + row["days"]
        ink = "#ffffff" if luminance(POLLUTANT_COLOURS[row["pollutant"]]) < 0.25 else "#111111"
        placed.append(row | {"bottom": bottom, "top": tops[row[by]], "middle": bottom + row["days"] / 2, "ink": ink})
    highest = max(tops.values(), default=0)
    x = field(by, "nominal", title=None, axis={"labelAngle": 0}, sort=order, scale={"domain": order})
    y = field("bottom", "quantitative", title="天", axis={"tickMinStep": 1}, scale={"domain": [0, max(highest, 4)]})
    colours = {"domain": pollutants, "range": [POLLUTANT_COLOURS[name] for name in pollutants]}
    bars = {
        "data": rows(placed),
        "mark": {"type": "bar", "stroke": "#ffffff", "strokeWidth": 0.8},
        "encoding": {
            "x": x,
            "y": y,
            "y2": {"field": "top"},
            "color": field("pollutant", "nominal", scale=colours, legend=None),
            "tooltip": tips((by, what), ("pollutant", "污染物"), ("days", "超标天数")),
        },
    }
    labels = {
        "data": rows([row for row in placed if row["days"] >= highest * SMALLEST_LABELLED_SHARE]),
        "mark": {"type": "text", "fontSize": 11, "tooltip": None},
        "encoding": {
            "x": x,
            "y": field("middle", "quantitative"),
            "text": field("days", "quantitative"),
            "color": field("ink", "nominal", scale=None),
        },
    }
    return layered([bars, labels], HEIGHT)
