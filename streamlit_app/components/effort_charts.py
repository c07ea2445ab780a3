"""Charts of the evaluation by effort: places side by side, months, importance, curves.

Nothing is told by colour alone: every grade has its shape, and the page says it in words. Does not belong here: effort
against weather (``effort_corners``), reading (``effort``), the sentences around (``views.effort``).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import expm1
from typing import Any

from catalog.effort import wording as words
from catalog.effort.reading import Curve, Month, Part, Score, by_effort
from catalog.effort.terms import GRADE, LUCK
from streamlit_app.components.chart import GREY, INK, TEXT, Spec, field, layered, rows, tips

TONE_COLOURS = {"good": "#0b6e99", "bad": "#b4490f", "neutral": "#5b6b7c"}
SHAPES = {"improved": "triangle-down", "no_evidence": "circle", "worsened": "triangle-up"}
TOTAL_COLOUR, LUCK_COLOUR = "#1d2b3a", "#b8860b"
ROW_HEIGHT, SMALL_HEIGHT, HEIGHT = 34, 150, 300
# Room beyond the largest interval, as a share of it, so that no label touches the frame.
MARGIN = 1.15
# No name is left out or moved to make room.
EVERY_LABEL: Spec = {"labelLimit": 160, "labelOverlap": False, "labelFlush": False}
# A change this small in percent would make an empty axis.
LEAST_SPAN = 2.0


def places(scored: Sequence[Score], luck: str) -> Spec:
    """Effort with its interval, weather and total change of every place; ``luck`` is what stands beside effort."""
    ordered = by_effort(scored)
    values = [row_of(score) for score in ordered if score.split is not None]
    names = [score.place_zh for score in ordered]
    span = _span(values, "total", "effort", "lower", "upper", "luck")
    y = field("place", "nominal", sort=names, title=None, scale={"domain": names}, axis=EVERY_LABEL)
    axis = {"tickCount": 5, "labelExpr": SIGNED_LABEL}
    scale = {"domain": [-span, span], "nice": False}

    def x(name: str) -> Spec:
        return field(name, "quantitative", title="较基准同期变化（%，向左为下降）", scale=scale, axis=axis)

    tooltip = [*tips(("place", "评价对象"), ("said", "拆分"), ("grade", "结论"))]
    bar = {"type": "rule", "strokeWidth": 3, "opacity": 0.55}
    layers: list[Spec] = [
        zero("x"),
        {
            "data": rows(values),
            "mark": bar,
            "encoding": {"y": y, "x": x("lower"), "x2": {"field": "upper"}, "color": COLOUR},
        },
        _points(values, {"y": y, "x": x("luck")}, tooltip, shape="cross", colour=LUCK_COLOUR, size=70),
        _points(values, {"y": y, "x": x("total")}, tooltip, shape="diamond", colour=TOTAL_COLOUR, size=80),
        {
            "data": rows(values),
            "mark": {"type": "point", "filled": True, "size": 120, "opacity": 1},
            "encoding": {"y": y, "x": x("effort"), "color": COLOUR, "shape": SHAPE, "tooltip": tooltip},
        },
    ]
    absent = [{"place": score.place_zh, "text": GRADE[score.grade].zh} for score in ordered if score.split is None]
    if absent:
        text = {"type": "text", "fontSize": 12, "color": GREY, "fontStyle": "italic"}
        encoding = {"y": y, "x": {"datum": 0, "type": "quantitative"}, "text": field("text", "nominal")}
        layers.append({"data": rows(absent), "mark": text, "encoding": encoding})
    return layered(layers, max(3, len(names)) * ROW_HEIGHT)


def places_legend(luck: str) -> str:
    """What the marks of ``places``, and of the corners, are."""
    tones = {code: TONE_COLOURS[GRADE[code].tone] for code in SHAPES}
    marks = {"improved": "▼", "no_evidence": "●", "worsened": "▲"}
    items = [(marks[code], tones[code], f"努力：{GRADE[code].zh}") for code in SHAPES]
    items += [("━", TONE_COLOURS["neutral"], "努力的区间"), ("✚", LUCK_COLOUR, luck), ("◇", TOTAL_COLOUR, "总变化")]
    lines = "".join(f'<li><span style="color:{colour}">{mark}</span> {text}</li>' for mark, colour, text in items)
    return f'<ul class="legend">{lines}</ul>'


def through_months(months: Sequence[Month], unit: str, luck: str, *, evaluated_from: str) -> Spec:
    """Normalised (solid, with its band) beside observed (dashed); a rule where the evaluated year begins."""
    values = [
        {
            # Noon, so that no reader's time zone moves the point into another month.
            "at": f"{month.month_start}T12:00:00",
            "month": f"{month.month_start.year}年{month.month_start.month}月",
            **{name: getattr(month, name) for name in ("observed", "normalised")},
            "lower": month.normalised_lower,
            "upper": month.normalised_upper,
            "said": f"{month.normalised:.3g}" + _band_words(month),
            "seen": f"{month.observed:.3g}",
        }
        for month in months
    ]
    axis = {"format": "%Y-%m", "labelAngle": 0, "tickCount": 6, "labelOverlap": True}
    x = field("at", "temporal", title=None, axis=axis)

    def y(name: str) -> Spec:
        return field(name, "quantitative", title=unit, scale={"zero": False})

    tooltip = tips(("month", "月份"), ("seen", "观测"), ("said", f"归一化（{luck}固定）"))
    banded = [row for row in values if row["lower"] is not None]
    start = {"type": "rule", "color": GREY, "strokeDash": [2, 3]}
    layers: list[Spec] = [
        {
            "data": rows([{"at": f"{evaluated_from}T00:00:00"}]),
            "mark": start,
            "encoding": {"x": field("at", "temporal")},
        },
        {
            "data": rows(banded),
            "mark": {"type": "area", "opacity": 0.18, "color": INK},
            "encoding": {"x": x, "y": y("lower"), "y2": {"field": "upper"}},
        },
        {
            "data": rows(values),
            "mark": {"type": "line", "strokeWidth": 1.8, "strokeDash": [5, 4], "color": LUCK_COLOUR},
            "encoding": {"x": x, "y": y("observed")},
        },
        {
            "data": rows(values),
            "mark": {"type": "line", "strokeWidth": 2.4, "color": INK},
            "encoding": {"x": x, "y": y("normalised")},
        },
        {
            "data": rows(values),
            "mark": {"type": "point", "filled": True, "size": 45, "color": INK},
            "encoding": {"x": x, "y": y("normalised"), "tooltip": tooltip},
        },
        {
            "data": rows(values),
            "mark": {"type": "point", "filled": True, "shape": "square", "size": 35, "color": LUCK_COLOUR},
            "encoding": {"x": x, "y": y("observed"), "tooltip": tooltip},
        },
    ]
    return layered(layers, HEIGHT)


def months_legend(luck: str) -> str:
    """What the lines of ``through_months`` are."""
    items = (
        ("solid", INK, f"归一化：{luck}固定为参考值，带区间"),
        ("dashed", LUCK_COLOUR, "观测"),
        ("dotted", GREY, "评价年份起"),
    )
    lines = "".join(
        f'<li><span class="stroke" style="border-top:3px {style} {colour}"></span>{text}</li>'
        for style, colour, text in items
    )
    return f'<ul class="legend">{lines}</ul>'


def importance(lost: Sequence[tuple[str, float]]) -> Spec:
    """What the model loses without each variable; one that makes it better by its absence is shown so."""
    values = [{"name": words.variable(code).zh, "value": value, "text": words.figure(value, 3)} for code, value in lost]
    order = [row["name"] for row in values]
    encoding = {
        "y": field("name", "nominal", sort=order, title=None, axis=EVERY_LABEL),
        "x": field("value", "quantitative", title="打乱后检验效率的损失", axis={"tickCount": 4}),
    }
    bars = {"data": rows(values), "mark": {"type": "bar", "height": 14, "color": "#4a8fc0"}, "encoding": encoding}
    text = {"type": "text", "align": "left", "dx": 4, "fontSize": 11, "color": TEXT}
    labels = {"data": rows(values), "mark": text, "encoding": {**encoding, "text": field("text", "nominal")}}
    return layered([bars, labels], ROW_HEIGHT * max(2, len(values)))


def curve(of: Curve, span: float) -> Spec:
    """The effect of one variable in percent; ``span``: the common scale of all curves of a card."""
    named = words.variable(of.name)
    values = [{"x": x, "effect": 100 * expm1(effect)} for x, effect in of.points]
    axis = {"tickCount": 4, "labelExpr": SIGNED_LABEL}
    encoding = {
        "x": field("x", "quantitative", title=named.unit or None, scale={"zero": False}, axis={"tickCount": 4}),
        "y": field("effect", "quantitative", title=None, scale=_domain(span), axis=axis),
    }
    line = {"type": "line", "strokeWidth": 2, "color": INK}
    dots = {"type": "point", "filled": True, "size": 14, "color": INK}
    return layered(
        [zero("y"), *({"data": rows(values), "mark": mark, "encoding": encoding} for mark in (line, dots))],
        SMALL_HEIGHT,
    )


def curves_span(curves: Sequence[Curve]) -> float:
    """One scale for all curves, so that a flat one looks flat."""
    largest = max((abs(100 * expm1(effect)) for each in curves for _, effect in each.points), default=0.0)
    return max(largest * MARGIN, LEAST_SPAN)


SIGNED_LABEL = "datum.value == 0 ? '0' : format(datum.value, '+.3~g')"
COLOUR = field("colour", "nominal", scale=None)
SHAPE = field("shape", "nominal", scale=None)


def row_of(score: Score) -> dict[str, Any]:
    """A place as a row of chart data; only of one that can be assessed."""
    assert score.split is not None
    split, said = score.split, GRADE[score.grade]
    return {
        "place": score.place_zh,
        "short": score.place_zh.removesuffix("市"),
        "total": float(split.total.pct),
        "effort": float(split.effort.pct),
        "luck": float(split.luck.pct),
        "lower": _bound(split.effort.lower, split.effort),
        "upper": _bound(split.effort.upper, split.effort),
        "said": _said(score),
        "corner": words.corner(score),
        "grade": said.zh,
        "colour": TONE_COLOURS[said.tone],
        "shape": SHAPES[score.grade],
    }


def _bound(bound: object, part: Part) -> float:
    return float(part.pct if bound is None else bound)  # type: ignore[arg-type]


def _said(score: Score) -> str:
    assert score.split is not None
    parts, span = score.split, words.interval(score.split.effort)
    within = f"（{span}）" if span else ""
    luck = LUCK[score.theme].zh
    return (
        f"总变化 {words.percent(parts.total.pct)}，努力 {words.percent(parts.effort.pct)}{within}，"
        f"{luck} {words.percent(parts.luck.pct)}"
    )


def _band_words(month: Month) -> str:
    if month.normalised_lower is None or month.normalised_upper is None:
        return ""
    return f"（{month.normalised_lower:.3g} 至 {month.normalised_upper:.3g}）"


def _points(values: list[dict[str, Any]], at: Spec, tooltip: list[Spec], *, shape: str, colour: str, size: int) -> Spec:
    mark = {"type": "point", "shape": shape, "color": colour, "size": size, "filled": shape == "cross", "opacity": 1}
    return {"data": rows(values), "mark": mark, "encoding": {**at, "tooltip": tooltip}}


def _span(values: list[dict[str, Any]], *names: str) -> float:
    return max(max((abs(row[name]) for row in values for name in names), default=0.0) * MARGIN, LEAST_SPAN)


def _domain(span: float) -> Spec:
    return {"domain": [-span, span], "nice": False}


def zero(channel: str) -> Spec:
    """The line of no change."""
    mark = {"type": "rule", "color": TEXT, "opacity": 0.7}
    return {"data": rows([{"zero": 0}]), "mark": mark, "encoding": {channel: field("zero", "quantitative")}}
