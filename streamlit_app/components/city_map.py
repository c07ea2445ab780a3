"""Map of a province's cities, coloured by one indicator, with its value written on each; a click chooses a city.

Drawn by Vega from shapes sent with the page: no tile, font or script comes from elsewhere. Does not belong here: the
shapes (``geometry``).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from streamlit_app.components.chart import FONT, INK
from streamlit_app.figures import Card, Figure
from streamlit_app.geometry import Shape
from streamlit_app.queries import as_float
from streamlit_app.reference import levels
from streamlit_app.wording import coverage_words, number, reason_words, status_words, unit_suffix

PICKED = "picked"
HEIGHT = 470
MISSING_FILL = "#d5dbe1"
# One hue from light to dark, darker is worse; five steps can still be told apart in print and by colour-blind eyes.
STEPS = ["#e6f0f9", "#b9d6ec", "#7fb2d9", "#3f82b8", "#17517f"]
LIGHT_INK, DARK_INK = "#ffffff", "#12263a"


def city_map(shapes: list[Shape], shown: list[Figure], chosen: str, points: pl.DataFrame, key: str) -> str | None:
    """Draw the map; returns the city clicked last, if any."""
    rows = _rows(shapes, shown, chosen)
    card = shown[0].card
    base = alt.Chart(alt.Data(values=rows)).project(type="mercator")
    pick = alt.selection_point(name=PICKED, fields=["properties.code"], on="click", toggle=False, clear=False)
    fill = (
        base.mark_geoshape(strokeJoin="round")
        .encode(
            color=alt.Color("properties.fill:N", scale=None),
            stroke=alt.condition("datum.properties.chosen", alt.value(INK), alt.value("#ffffff")),
            strokeWidth=alt.condition("datum.properties.chosen", alt.value(2.6), alt.value(1)),
            order=alt.Order("properties.chosen:Q"),
            tooltip=[
                alt.Tooltip("properties.name:N", title="城市"),
                alt.Tooltip("properties.value:N", title=card.name_zh),
                alt.Tooltip("properties.coverage:N", title="数据"),
                alt.Tooltip("properties.status:N", title="状态"),
            ],
        )
        .add_params(pick)
    )
    names = _label(base, "properties.name:N", dy=-7, size=12, weight="normal")
    values = _label(base, "properties.short:N", dy=8, size=13, weight="bold")
    layers = [fill, *_points(points), names, values]
    chart = alt.layer(*layers).properties(height=HEIGHT).configure_view(stroke=None).configure(font=FONT)
    event = st.altair_chart(
        chart,
        width="stretch",
        key=key,
        on_select="rerun",
        selection_mode=[PICKED],
        alt=f"各设区市{card.name_zh}地图；数值同右侧排名表",
    )
    return _clicked(event)


def legend(shown: list[Figure]) -> str:
    """What the colours mean, in words."""
    if shown[0].card.code == "air_aqi":
        parts = [f'<li><span class="swatch" style="background:{level.hex}"></span>{level.zh}</li>' for level in levels().values()]
    else:
        steps = _steps(shown)
        parts = [f'<li><span class="swatch" style="background:{fill}"></span>{text}</li>' for fill, text in steps]
    parts.append(f'<li><span class="swatch" style="background:{MISSING_FILL}"></span>无有效值</li>')
    aside = "" if shown[0].card.code == "air_aqi" else '<li class="quiet">颜色越深，空气质量越差</li>'
    return f'<ul class="legend">{"".join(parts)}{aside}</ul>'


def _rows(shapes: list[Shape], shown: list[Figure], chosen: str) -> list[dict[str, Any]]:
    by_code = {figure.region.code: figure for figure in shown}
    fills = _fills(shown)
    return [
        {
            "type": "Feature",
            "geometry": shape.geometry,
            "properties": _properties(by_code[shape.region_code], shape, chosen, *fills[shape.region_code]),
        }
        for shape in shapes
        if shape.region_code in by_code
    ]


def _properties(figure: Figure, shape: Shape, chosen: str, fill: str, ink: str) -> dict[str, Any]:
    absent = figure.value is None
    full = reason_words(figure.null_reason) if absent else number(figure.value, figure.card.decimals)
    text = f"（{figure.text}）" if figure.card.code == "air_aqi" and figure.text else ""
    return {
        "code": figure.region.code,
        "name": figure.region.name_zh,
        "short": "无值" if absent else number(figure.value, figure.card.decimals),
        "value": full if absent else f"{full}{unit_suffix(figure.card)}{text}",
        "coverage": coverage_words(figure),
        "status": status_words(figure.status),
        "fill": fill,
        "ink": ink,
        "chosen": int(figure.region.code == chosen),
        "lon": shape.label_lon_deg,
        "lat": shape.label_lat_deg,
    }


def _fills(shown: list[Figure]) -> dict[str, tuple[str, str]]:
    """City → (fill, ink): official level colours for AQI, else one of five steps between the extremes shown."""
    if shown[0].card.code == "air_aqi":
        by_aqi = {f.region.code: _level_fill(as_float(f.value)) for f in shown}
        return by_aqi
    low, width = _range(shown)
    return {f.region.code: _step_fill(f.card, as_float(f.value), low, width) for f in shown}


def _level_fill(aqi: float | None) -> tuple[str, str]:
    level = next((v for v in levels().values() if aqi is not None and aqi <= v.aqi_max), None)
    return (level.hex, level.ink) if level else (MISSING_FILL, DARK_INK)


def _step_fill(card: Card, value: float | None, low: float, width: float) -> tuple[str, str]:
    if value is None:
        return MISSING_FILL, DARK_INK
    step = min(int((value - low) / width * len(STEPS)), len(STEPS) - 1) if width else 0
    step = len(STEPS) - 1 - step if card.better == "higher" and width else step
    return STEPS[step], LIGHT_INK if step >= 3 else DARK_INK


def _range(shown: list[Figure]) -> tuple[float, float]:
    values = [float(f.value) for f in shown if f.value is not None]
    return (min(values), max(values) - min(values)) if values else (0.0, 0.0)


def _steps(shown: list[Figure]) -> list[tuple[str, str]]:
    low, width = _range(shown)
    card = shown[0].card
    if not any(f.value is not None for f in shown):
        return []
    if not width:
        return [(STEPS[0], f"{low:.{card.decimals}f}{unit_suffix(card)}")]
    # Edges carry one decimal more than the values, so that a value never seems to stand in two classes.
    decimals = card.decimals + 1
    edges = [low + width * i / len(STEPS) for i in range(len(STEPS) + 1)]
    fills = STEPS[::-1] if card.better == "higher" else STEPS
    return [
        (fill, f"{a:.{decimals}f}–{b:.{decimals}f}") for fill, a, b in zip(fills, edges[:-1], edges[1:], strict=True)
    ]


def _label(base: alt.Chart, field: str, *, dy: int, size: int, weight: str) -> alt.Chart:
    return base.mark_text(dy=dy, fontSize=size, fontWeight=weight, font=FONT).encode(  # type: ignore[arg-type]
        longitude="properties.lon:Q", latitude="properties.lat:Q", text=field, color=alt.Color("properties.ink:N", scale=None)
    )


def _points(points: pl.DataFrame) -> list[alt.Chart]:
    if points.is_empty():
        return []
    dots = alt.Chart(alt.Data(values=points.to_dicts())).mark_circle(size=20, color="#12263a", opacity=0.75)
    return [
        dots.encode(
            longitude="lon_deg:Q",
            latitude="lat_deg:Q",
            tooltip=[alt.Tooltip("name_zh:N", title="点位"), alt.Tooltip("station_code:N", title="编码"), alt.Tooltip("city_zh:N", title="城市")],
        )
    ]


def _clicked(event: Any) -> str | None:
    picked = event.get("selection", {}).get(PICKED) or [] if event else []
    return next((str(value) for row in picked[-1:] for value in row.values()), None)
