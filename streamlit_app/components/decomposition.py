"""By how much each pollutant moved the composite index from one period to another.

A decomposition of a sum, exact by construction; it says where, not why. Does not belong here: reading the parts.
"""

from __future__ import annotations

from streamlit_app.components.chart import Spec, field, layered, rows, tips
from streamlit_app.wording import MINUS, POLLUTANTS_ZH

HEIGHT = 290
DOWN, UP = "使指数下降", "使指数上升"


def index_change(now: dict[str, float], before: dict[str, float]) -> Spec:
    """Bars to the left (better) and right (worse), largest first; ``now``/``before``: pollutant → part of the index."""
    changes = {name: now[name] - before[name] for name in now}
    values = [
        {
            "pollutant": POLLUTANTS_ZH[name],
            "change": round(change, 4),
            "text": signed(change),
            "parts": f"{before[name]:.2f} → {now[name]:.2f}",
            "verdict": UP if change > 0 else DOWN,
        }
        for name, change in changes.items()
    ]
    order = [POLLUTANTS_ZH[name] for name in sorted(changes, key=lambda name: -abs(changes[name]))]
    span = max(abs(change) for change in changes.values()) * 1.35 or 0.1
    y = field("pollutant", "nominal", sort=order, title=None)
    x = field(
        "change",
        "quantitative",
        title="对综合指数变化的贡献（向右为变差）",
        scale={"domain": [-span, span], "nice": False},
        axis={"tickCount": 5, "labelExpr": "datum.value == 0 ? '0' : format(datum.value, '+.2f')"},
    )
    colours = {"domain": [DOWN, UP], "range": ["#4a8fc0", "#d0722f"]}
    bars = {
        "data": rows(values),
        "mark": {"type": "bar", "height": 18},
        "encoding": {
            "x": x,
            "y": y,
            "color": field("verdict", "nominal", scale=colours),
            "tooltip": tips(("pollutant", "污染物"), ("parts", "单项指数（上年同期 → 本期）"), ("text", "贡献")),
        },
    }
    zero = {
        "data": rows([{"zero": 0}]),
        "mark": {"type": "rule", "color": "#33475b"},
        "encoding": {"x": field("zero", "quantitative")},
    }
    labels = [_labels(values, x, y, up=up) for up in (True, False)]
    return layered([bars, *labels, zero], HEIGHT)


def _labels(values: list[dict[str, object]], x: Spec, y: Spec, *, up: bool) -> Spec:
    mark = {"type": "text", "fontSize": 12, "align": "left" if up else "right", "dx": 5 if up else -5, "tooltip": None}
    chosen = [row for row in values if (row["verdict"] == UP) == up]
    return {"data": rows(chosen), "mark": mark, "encoding": {"x": x, "y": y, "text": field("text", "nominal")}}


def signed(change: float) -> str:
    """Two decimals with their sign; what rounds to nothing has none."""
    shown = f"{abs(change):.2f}"
    return shown if float(shown) == 0 else f"{'+' if change > 0 else MINUS}{shown}"
