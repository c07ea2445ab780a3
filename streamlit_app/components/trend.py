"""Charts over the months of a year: two years overlaid with the limit; exceedance days by pollutant; parts of an index.

Does not belong here: reading the series (``queries``).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from streamlit_app.components.chart import GREY, INK, LIMIT, MONTHS, POLLUTANT_COLOURS, styled
from streamlit_app.figures import Card
from streamlit_app.queries import POLLUTANTS, as_float
from streamlit_app.reference import Limit
from streamlit_app.wording import POLLUTANTS_ZH, number, reason_words, status_words, unit_suffix

HEIGHT = 290


def two_years(series: pl.DataFrame, card: Card, years: tuple[int, int], limits: dict[int, Limit]) -> Any:
    """Monthly values of this year (solid, round points) over those of last year (dashed, square), with the limit line."""
    rows = [
        {
            "month": MONTHS[row["month"] - 1],
            "year": f"{row['year']}年",
            "value": as_float(row["value"]),
            "shown": f"{number(row['value'], card.decimals)}{unit_suffix(card)}",
            "status": status_words(row["status"]),
        }
        for row in series.iter_rows(named=True)
        if row["value"] is not None
    ]
    names = [f"{year}年" for year in years]
    x = alt.X("month:O", sort=MONTHS, title=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale(domain=MONTHS))
    y = alt.Y("value:Q", title=card.unit_zh if card.unit_zh != "无量纲" else card.name_zh, scale=alt.Scale(zero=card.unit != "%"))
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=x,
        y=y,
        color=alt.Color("year:N", scale=alt.Scale(domain=names, range=[INK, GREY])),
        tooltip=[
            alt.Tooltip("year:N", title="年"),
            alt.Tooltip("month:N", title="月"),
            alt.Tooltip("shown:N", title=card.name_zh),
            alt.Tooltip("status:N", title="状态"),
        ],
    )
    dash = alt.StrokeDash("year:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 4]]))
    shape = alt.Shape("year:N", scale=alt.Scale(domain=names, range=["circle", "square"]))
    lines = base.mark_line(strokeWidth=2.4).encode(strokeDash=dash)
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(shape=shape)
    return styled(alt.layer(*_limit_lines(limits), lines, dots), HEIGHT)


def _limit_lines(limits: dict[int, Limit]) -> list[alt.Chart]:
    """A step line: the limit may change with the edition within the year."""
    if not limits:
        return []
    rows = [{"month": MONTHS[month - 1], "limit": float(limit.value)} for month, limit in sorted(limits.items())]
    last = {**rows[-1], "text": f"二级限值 {limits[max(limits)].value.normalize():f}"}
    x = alt.X("month:O", sort=MONTHS, title=None)
    line = alt.Chart(alt.Data(values=rows)).mark_line(color=LIMIT, strokeDash=[3, 3], strokeWidth=1.8, interpolate="step")
    text = alt.Chart(alt.Data(values=[last])).mark_text(color=LIMIT, align="right", dy=-9, dx=14, fontSize=12)
    return [line.encode(x=x, y="limit:Q"), text.encode(x=x, y="limit:Q", text="text:N")]


def exceedance_by_month(days: pl.DataFrame) -> Any:
    """Exceedance days of each pollutant, stacked, month by month."""
    rows = [
        {"month": MONTHS[row["month"] - 1], "pollutant": POLLUTANTS_ZH[row["pollutant"]], "days": row["days"]}
        for row in days.iter_rows(named=True)
        if row["days"] is not None
    ]
    x = alt.X("month:O", sort=MONTHS, title=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale(domain=MONTHS))
    return _stacked(rows, x, "月")


def exceedance_by_city(rows: list[dict[str, Any]], cities: list[str]) -> Any:
    """Exceedance days of each pollutant, stacked, city by city; ``rows``: city, pollutant, days."""
    x = alt.X("city:N", sort=cities, title=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale(domain=cities))
    return _stacked(rows, x, "城市")


def _stacked(rows: list[dict[str, Any]], x: alt.X, what: str) -> Any:
    order = [POLLUTANTS_ZH[pollutant] for pollutant in POLLUTANTS]
    ranked = [row | {"order": order.index(row["pollutant"])} for row in rows if row["days"]]
    colour = alt.Color(
        "pollutant:N",
        scale=alt.Scale(domain=order, range=[POLLUTANT_COLOURS[name] for name in order]),
        legend=alt.Legend(columns=6),
    )
    field = str(x.to_dict()["field"])
    bars = (
        alt.Chart(alt.Data(values=ranked))
        .mark_bar(stroke="#ffffff", strokeWidth=0.8)
        .encode(
            x=x,
            y=alt.Y("days:Q", title="天", stack="zero", axis=alt.Axis(tickMinStep=1)),
            color=colour,
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip(f"{field}:N", title=what),
                alt.Tooltip("pollutant:N", title="污染物"),
                alt.Tooltip("days:Q", title="超标天数"),
            ],
        )
    )
    text = bars.mark_text(dy=9, fontSize=11, baseline="middle").encode(
        y=alt.Y("days:Q", stack="zero"),
        text="days:Q",
        color=alt.value("#111111"),
        detail="pollutant:N",
    )
    return styled(alt.layer(bars, text), HEIGHT)


def index_change(now: dict[str, float], before: dict[str, float]) -> Any:
    """By how much each pollutant moved the composite index: bars left (better) and right (worse), largest first."""
    rows = [
        {
            "pollutant": POLLUTANTS_ZH[name],
            "change": round(now[name] - before[name], 3),
            "text": f"{'+' if now[name] > before[name] else '−'}{abs(now[name] - before[name]):.2f}",
            "parts": f"{before[name]:.2f} → {now[name]:.2f}",
            "verdict": "使指数上升" if now[name] > before[name] else "使指数下降",
        }
        for name in now
    ]
    order = [row["pollutant"] for row in sorted(rows, key=lambda row: -abs(float(str(row["change"]))))]
    span = max(abs(float(str(row["change"]))) for row in rows) * 1.35 or 0.1
    y = alt.Y("pollutant:N", sort=order, title=None)
    base = alt.Chart(alt.Data(values=rows)).encode(y=y)
    x = alt.X("change:Q", title="对综合指数变化的贡献（上升为变差）", scale=alt.Scale(domain=[-span, span]))
    bars = base.mark_bar(height=18).encode(
        x=x,
        color=alt.Color("verdict:N", scale=alt.Scale(domain=["使指数下降", "使指数上升"], range=["#4a8fc0", "#d0722f"])),
        tooltip=[
            alt.Tooltip("pollutant:N", title="污染物"),
            alt.Tooltip("parts:N", title="单项指数（上年同期 → 本期）"),
            alt.Tooltip("text:N", title="贡献"),
        ],
    )
    right = base.transform_filter("datum.change >= 0").mark_text(align="left", dx=5, fontSize=12).encode(x=x, text="text:N")
    left = base.transform_filter("datum.change < 0").mark_text(align="right", dx=-5, fontSize=12).encode(x=x, text="text:N")
    rule = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color="#33475b").encode(x="zero:Q")
    return styled(alt.layer(bars, right, left, rule), HEIGHT)


def missing_months(series: pl.DataFrame) -> list[str]:
    """Months whose value is null, with the reason, for the line below a chart."""
    return [
        f"{row['year']}年{row['month']}月：{reason_words(row['null_reason'])}"
        for row in series.iter_rows(named=True)
        if row["value"] is None
    ]
