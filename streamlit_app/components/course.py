"""One indicator of one region through the periods of a type: line, interval, limit or target; gaps where none is known.

Does not belong here: reading the series (``holdings``), or the air's two-year overlay (``trend``).
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from streamlit_app.components.chart import INK, LIMIT, Spec, field, layered, rows, tips
from streamlit_app.figures import Card
from streamlit_app.periods import Period, natural_end
from streamlit_app.wording import number, reason_words, status_words, unit_suffix

HEIGHT = 300
# More points than these are drawn as a line alone: the marks would touch.
MARKED_POINTS = 60
SHOWN_REASONS = 6


def through_periods(series: pl.DataFrame, card: Card, kind: str, line: Decimal | None) -> Spec:
    """The chart; ``line``: a limit or target to hold the values against."""
    values = [_point(row, card, kind) for row in series.iter_rows(named=True)]
    title = card.unit_zh if card.unit_zh != "无量纲" else card.name_zh
    axis = {"format": _axis_format(kind), "labelAngle": 0, "tickCount": _ticks(kind)}
    place = {
        "x": field("at", "temporal", title=None, axis=axis),
        "y": field("value", "quantitative", title=title, scale={"zero": False}),
    }
    tooltip = tips(("period", "时段"), ("shown", card.name_zh), ("status", "状态"))
    layers: list[Spec] = []
    if any(row["lower"] is not None for row in values):
        band = {"x": place["x"], "y": field("lower", "quantitative"), "y2": {"field": "upper"}}
        layers.append({"data": rows(values), "mark": {"type": "area", "opacity": 0.18, "color": INK}, "encoding": band})
    stroke = {"type": "line", "strokeWidth": 2.2, "color": INK, "invalid": "break-paths-show-domains"}
    layers.append({"data": rows(values), "mark": stroke, "encoding": place})
    dot = {"type": "point", "filled": True, "size": 50 if len(values) <= MARKED_POINTS else 8, "color": INK}
    present = [row for row in values if row["value"] is not None]
    layers.append({"data": rows(present), "mark": dot, "encoding": place | {"tooltip": tooltip}})
    if line is not None:
        rule = {"type": "rule", "color": LIMIT, "strokeDash": [3, 3], "strokeWidth": 1.8}
        layers.append(
            {"data": rows([{"line": float(line)}]), "mark": rule, "encoding": {"y": field("line", "quantitative")}}
        )
    return layered(layers, HEIGHT)


def missing_periods(series: pl.DataFrame, kind: str) -> str:
    """Periods without a value and why, newest first, for the line below the chart."""
    absent = [
        f"{Period(kind, start, natural_end(kind, start)).label}：{reason_words(reason)}"
        for start, reason in series.filter(pl.col("value").is_null())
        .select("period_start", "null_reason")
        .reverse()
        .iter_rows()
    ]
    more = f"；另有 {len(absent) - SHOWN_REASONS} 个" if len(absent) > SHOWN_REASONS else ""
    return "；".join(absent[:SHOWN_REASONS]) + more


def _point(row: dict[str, object], card: Card, kind: str) -> dict[str, object]:
    value, lower, upper, start = (row[name] for name in ("value", "lower", "upper", "period_start"))
    period = Period(kind, start, natural_end(kind, start))  # type: ignore[arg-type]
    said = f"{number(value, card.decimals)}{unit_suffix(card)}"  # type: ignore[arg-type]
    text = f" {row['value_text']}" if row["value_text"] else ""
    return {
        # Noon, so that no reader's time zone moves the point into another day.
        "at": f"{start}T12:00:00",
        "period": period.label,
        "value": None if value is None else float(value),  # type: ignore[arg-type]
        "lower": None if lower is None else float(lower),  # type: ignore[arg-type]
        "upper": None if upper is None else float(upper),  # type: ignore[arg-type]
        "shown": said + text,
        "status": status_words(row["status"]),  # type: ignore[arg-type]
    }


def _ticks(kind: str) -> int | str:
    """Years are few: a mark for each, never the same year twice."""
    return "year" if kind in ("year", "ytd") else 8


def _axis_format(kind: str) -> str:
    return {"day": "%Y-%m-%d", "month": "%Y-%m", "quarter": "%Y-%m"}.get(kind, "%Y")
