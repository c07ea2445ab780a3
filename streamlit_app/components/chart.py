"""One look for all charts, and how a Vega-Lite specification is shown: data travel inside it, nothing is fetched.

Specifications are plain dicts: on this page they are built in milliseconds where Altair's objects, which validate and
copy themselves at every step, took a second. Does not belong here: any one chart.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

Spec = dict[str, Any]

FONT = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
INK = "#0a3d6b"
GREY = "#8a97a5"
LIMIT = "#b4490f"
TEXT = "#33475b"
# Okabe and Ito's palette: distinct for all common kinds of colour vision.
POLLUTANT_COLOURS = {
    "PM2.5": "#D55E00",
    "PM10": "#E69F00",
    "臭氧": "#0072B2",
    "二氧化氮": "#CC79A7",
    "二氧化硫": "#F0E442",
    "一氧化碳": "#009E73",
}
MONTHS = [f"{month}月" for month in range(1, 13)]
CONFIG: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "#e6ebf1",
        "labelColor": TEXT,
    },
    "legend": {"labelFontSize": 12, "labelColor": TEXT, "title": None, "orient": "top", "offset": 8},
}


def layered(layers: list[Spec], height: int) -> Spec:
    """Layers in the house style."""
    return {"height": height, "background": "transparent", "config": CONFIG, "layer": layers}


def rows(values: list[dict[str, Any]]) -> Spec:
    """Data of a layer."""
    return {"values": values}


def field(name: str, kind: str, **more: Any) -> Spec:
    """An encoding by a field; ``kind`` is Vega-Lite's type."""
    return {"field": name, "type": kind, **more}


def tips(*named: tuple[str, str]) -> list[Spec]:
    """Tooltip lines: (field, title)."""
    return [{"field": name, "type": "nominal", "title": title} for name, title in named]


def draw(spec: Spec, key: str, alt: str) -> None:
    """Show a chart; ``alt`` says in words what it shows."""
    st.vega_lite_chart(spec, width="stretch", key=key, alt=alt)
