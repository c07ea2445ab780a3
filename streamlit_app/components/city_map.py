"""Map of a province's cities, coloured by one indicator, with its value written on each; a click chooses a city.

Does not belong here: the shapes (``geometry``), the figures.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from streamlit_app.components.chart import CONFIG, FONT, Spec, tips
from streamlit_app.figures import Card, Figure
from streamlit_app.geometry import Shape
from streamlit_app.levels import levels
from streamlit_app.wording import coverage_words, number, reason_words, status_words, unit_suffix

PICKED = "picked"
HEIGHT = 470
MISSING_FILL = "#d5dbe1"
# One hue from light to dark, darker is worse; five steps can still be told apart in print and by colour-blind eyes.
STEPS = ["#e6f0f9", "#b9d6ec", "#7fb2d9", "#3f82b8", "#17517f"]
FIRST_DARK_STEP = 3
LIGHT_INK, DARK_INK = "#ffffff", "#12263a"
CHOSEN_LINE, EDGE_LINE = "#e8870e", "#6f8499"
MERCATOR = {"type": "mercator"}


def city_map(
    shapes: list[Shape], shown: list[Figure], chosen: str, points: list[dict[str, Any]], key: str
) -> str | None:
    """Draw the map; returns the city clicked last, if any."""
    event: Any = st.vega_lite_chart(
        map_spec(shapes, shown, chosen, points),
        width="stretch",
        key=key,
        on_select="rerun",
        selection_mode=[PICKED],
        alt=f"各设区市{shown[0].card.name_zh}地图；数值同排名表",
    )
    picked = event.get("selection", {}).get(PICKED) or [] if event else []
    return next((str(value) for row in picked[-1:] for value in row.values()), None)


def map_spec(shapes: list[Shape], shown: list[Figure], chosen: str, points: list[dict[str, Any]]) -> Spec:
    """The map as a Vega-Lite specification."""
    fills = _fills(shown)
    by_code = {figure.region.code: figure for figure in shown}
    # The chosen city last, so that no neighbour's edge covers its outline.
    drawn = sorted(
        (s for s in shapes if s.region_code in by_code), key=lambda s: (s.region_code == chosen, s.region_code)
    )
    facts = [_facts(by_code[s.region_code], s, chosen, *fills[s.region_code]) for s in drawn]
    features = [
        {"type": "Feature", "geometry": shape.geometry, "properties": fact}
        for shape, fact in zip(drawn, facts, strict=True)
    ]
    layers = [_areas(features, shown[0].card), *_points(points)]
    for name, dy, size, weight in (("name", -7, 12, "normal"), ("short", 8, 13, "bold")):
        layers += _labels(facts, name, dy=dy, size=size, weight=weight)
    return {"height": HEIGHT, "background": "transparent", "config": CONFIG, "layer": layers}


def legend(shown: list[Figure]) -> str:
    """What the colours mean, in words."""
    if shown[0].card.code == "air_aqi":
        parts, aside = [(level.hex, level.zh) for level in levels().values()], ""
    else:
        parts = _classes(shown)
        words = _darker(shown[0].card)
        aside = f'<li class="quiet">{words}</li>' if len(parts) > 1 else ""
    parts = [*parts, (MISSING_FILL, "无有效值")]
    items = "".join(f'<li><span class="swatch" style="background:{fill}"></span>{text}</li>' for fill, text in parts)
    return f'<ul class="legend">{items}{aside}</ul>'


def _darker(card: Card) -> str:
    """What a darker colour says; without a good direction it is only a larger number."""
    if card.better == "none":
        return "颜色越深，数值越大"
    return "颜色越深，空气质量越差" if card.theme == "air" else "颜色越深，情况越差"


def _areas(features: list[dict[str, Any]], card: Card) -> Spec:
    is_chosen = "datum.properties.chosen"
    return {
        "data": {"values": {"type": "FeatureCollection", "features": features}, "format": {"property": "features"}},
        "projection": MERCATOR,
        "params": [
            {
                "name": PICKED,
                "select": {
                    "type": "point",
                    "fields": ["properties.code"],
                    "on": "click",
                    "toggle": False,
                    "clear": False,
                },
            }
        ],
        "mark": {"type": "geoshape", "strokeJoin": "round", "cursor": "pointer"},
        "encoding": {
            "color": {"field": "properties.fill", "type": "nominal", "scale": None},
            "stroke": {"condition": {"test": is_chosen, "value": CHOSEN_LINE}, "value": EDGE_LINE},
            "strokeWidth": {"condition": {"test": is_chosen, "value": 3.2}, "value": 0.8},
            "tooltip": tips(
                ("properties.name", "城市"),
                ("properties.value", card.name_zh),
                ("properties.coverage", "数据"),
                ("properties.status", "状态"),
            ),
        },
    }


def _labels(facts: list[dict[str, Any]], name: str, *, dy: int, size: int, weight: str) -> list[Spec]:
    """Text on a halo of its city's colour, so that outlines of islands do not cut through it.

    Rows are shaped like features, so that a click on the text chooses the city as a click beside it does.
    """
    mark = {"type": "text", "dy": dy, "fontSize": size, "fontWeight": weight, "font": FONT, "cursor": "pointer"}
    where = {
        "longitude": {"field": "properties.lon", "type": "quantitative"},
        "latitude": {"field": "properties.lat", "type": "quantitative"},
        "text": {"field": f"properties.{name}", "type": "nominal"},
        "color": {"field": "properties.ink", "type": "nominal", "scale": None},
    }
    halo = {"field": "properties.fill", "type": "nominal", "scale": None}
    base: Spec = {"data": {"values": [{"properties": fact} for fact in facts]}, "projection": MERCATOR}
    return [
        base | {"mark": mark | {"strokeWidth": 4, "strokeJoin": "round"}, "encoding": where | {"stroke": halo}},
        base | {"mark": mark, "encoding": where},
    ]


def _points(points: list[dict[str, Any]]) -> list[Spec]:
    if not points:
        return []
    return [
        {
            "data": {"values": [{"properties": point} for point in points]},
            "projection": MERCATOR,
            "mark": {
                "type": "circle",
                "size": 26,
                "color": "#ffffff",
                "stroke": "#12263a",
                "strokeWidth": 1.4,
                "opacity": 1,
            },
            "encoding": {
                "longitude": {"field": "properties.lon_deg", "type": "quantitative"},
                "latitude": {"field": "properties.lat_deg", "type": "quantitative"},
                "tooltip": tips(
                    ("properties.name_zh", "点位"), ("properties.station_code", "编码"), ("properties.city_zh", "城市")
                ),
            },
        }
    ]


def _facts(figure: Figure, shape: Shape, chosen: str, fill: str, ink: str) -> dict[str, Any]:
    absent = figure.value is None
    shown = number(figure.value, figure.card.decimals)
    text = f"（{figure.text}）" if figure.card.code == "air_aqi" and figure.text else ""
    return {
        "code": figure.region.code,
        "name": figure.region.name_zh,
        "short": "无值" if absent else shown,
        "value": reason_words(figure.null_reason) if absent else f"{shown}{unit_suffix(figure.card)}{text}",
        "coverage": coverage_words(figure),
        "status": status_words(figure.status),
        "fill": fill,
        "ink": ink,
        "chosen": figure.region.code == chosen,
        "lon": shape.label_lon_deg,
        "lat": shape.label_lat_deg,
    }


def _fills(shown: list[Figure]) -> dict[str, tuple[str, str]]:
    """City → (fill, ink): official level colours for AQI, else one of five steps between the extremes shown."""
    low, width = _range(shown)
    return {f.region.code: _fill(f, low, width) for f in shown}


def _fill(figure: Figure, low: float, width: float) -> tuple[str, str]:
    value = figure.value
    if value is None:
        return MISSING_FILL, DARK_INK
    if figure.card.code == "air_aqi":
        level = next(level for level in levels().values() if value <= level.aqi_max)
        return level.hex, level.ink
    step = min(int((float(value) - low) / width * len(STEPS)), len(STEPS) - 1) if width else 0
    if width and figure.card.better == "higher":
        step = len(STEPS) - 1 - step
    return STEPS[step], LIGHT_INK if step >= FIRST_DARK_STEP else DARK_INK


def _range(shown: list[Figure]) -> tuple[float, float]:
    values = [float(f.value) for f in shown if f.value is not None]
    return (min(values), max(values) - min(values)) if values else (0.0, 0.0)


def _classes(shown: list[Figure]) -> list[tuple[str, str]]:
    """(colour, span of values) of each step."""
    low, width = _range(shown)
    card = shown[0].card
    if all(f.value is None for f in shown):
        return []
    if not width:
        return [(STEPS[0], f"{low:.{card.decimals}f}{unit_suffix(card)}")]
    edges = [low + width * i / len(STEPS) for i in range(len(STEPS) + 1)]
    # One decimal more than the values have, where rounded edges would put a value into the wrong class.
    decimals = card.decimals + any(abs(edge - round(edge, card.decimals)) > 1e-9 for edge in edges)
    fills = STEPS[::-1] if card.better == "higher" else STEPS
    return [
        (fill, f"{a:.{decimals}f}–{b:.{decimals}f}") for fill, a, b in zip(fills, edges[:-1], edges[1:], strict=True)
    ]
