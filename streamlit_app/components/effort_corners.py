"""Effort against weather: every place a point in one of four corners that are named in words.

Does not belong here: what is evidence (the grade is), the other charts (``effort_charts``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from catalog.effort.reading import Score
from streamlit_app.components.chart import GREY, TEXT, Spec, field, layered, rows, tips
from streamlit_app.components.effort_charts import COLOUR, LEAST_SPAN, SHAPE, SIGNED_LABEL, row_of, zero

HEIGHT = 360
# The smaller side of zero as a share of the larger one.
LEAST_SIDE = 0.6
# Where a name may stand beside its point (alignment, dx, dy in pixels), best first.
NAME_SIDES = (
    *(("left", 8, 0), ("right", -8, 0), ("left", 6, -11), ("right", -6, -11), ("left", 6, 11), ("right", -6, 11)),
    *(("center", 0, -14), ("center", 0, 14), ("left", 6, -20), ("left", 6, 20), ("right", -6, -20), ("right", -6, 20)),
)
# Plot of a phone of 390 px, and the width of a character of the names.
NARROW_PLOT = (190, 290)
NAME_PIXELS = 11


def corners(scored: Sequence[Score], luck: str) -> Spec:
    """Effort (down is good) against weather (left helped), one point a place, with the interval of the effort."""
    values = [row_of(score) for score in scored if score.split is not None]
    high = _around(values, "effort", "lower", "upper")
    wide = _around(values, "luck")
    axis = {"tickCount": 5, "labelExpr": SIGNED_LABEL}

    def place(name: str) -> Spec:
        return {
            "x": field("luck", "quantitative", title=f"{luck}（%，向左为帮忙）", scale=wide, axis=axis),
            "y": field(name, "quantitative", title="努力（%，向下为下降）", scale=high, axis=axis),
        }

    tooltip = tips(("place", "评价对象"), ("said", "拆分"), ("corner", "位置"), ("grade", "结论"))
    marks: list[Spec] = [
        zero("x"),
        zero("y"),
        {
            "data": rows(values),
            "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.3},
            "encoding": {**place("lower"), "y2": {"field": "upper"}, "color": COLOUR},
        },
        {
            "data": rows(values),
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
            "encoding": {**place("effort"), "color": COLOUR, "shape": SHAPE, "tooltip": tooltip},
        },
        *(
            {
                "data": rows(named),
                "mark": {"type": "text", "align": align, "dx": dx, "dy": dy, "fontSize": 11, "color": TEXT},
                "encoding": {**place("effort"), "text": field("short", "nominal")},
            }
            for (align, dx, dy), named in _names(values, wide["domain"], high["domain"]).items()
        ),
    ]
    return layered([*marks, *_corner_words(luck)], HEIGHT)


def _names(
    values: list[dict[str, Any]], wide: list[float], high: list[float]
) -> dict[tuple[str, int, int], list[dict[str, Any]]]:
    """Side of the point → places whose name stands there without covering another; a name without room is in the tip.

    Laid out on the narrowest plot, a phone's: on a wider one names are only further apart.
    """

    def pixel(row: dict[str, Any]) -> tuple[float, float]:
        return (
            (row["luck"] - wide[0]) / (wide[1] - wide[0]) * NARROW_PLOT[0],
            (high[1] - row["effort"]) / (high[1] - high[0]) * NARROW_PLOT[1],
        )

    points = {row["place"]: pixel(row) for row in values}
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points.values()]
    sides: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for row in sorted(values, key=lambda row: (abs(row["effort"]), row["place"]), reverse=True):
        x, y = points[row["place"]]
        near = min((other for place, other in points.items() if place != row["place"]), default=(x, y), key=_far(x, y))
        for align, dx, dy in _sides(away_from_right=near[0] > x):
            width = NAME_PIXELS * len(row["short"])
            left = x + dx - {"left": 0.0, "center": width / 2, "right": width}[align]
            box = (left, y + dy - 6, left + width, y + dy + 6)
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                sides.setdefault((align, dx, dy), []).append(row)
                break
    return sides


def _sides(*, away_from_right: bool) -> list[tuple[str, int, int]]:
    """The sides of a point, those away from its neighbour first."""
    return sorted(NAME_SIDES, key=lambda side: side[1] > 0 if away_from_right else side[1] < 0)


def _far(x: float, y: float) -> Callable[[tuple[float, float]], float]:
    return lambda other: (other[0] - x) ** 2 + (other[1] - y) ** 2


Box = tuple[float, float, float, float]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _corner_words(luck: str) -> list[Spec]:
    """In two lines each, so that they stay inside their corner on a narrow screen."""
    told = (
        (f"努力且\n{luck}帮忙", "left", "bottom"),
        (f"努力而\n{luck}不利", "right", "bottom"),
        (f"{luck}帮忙\n未见努力", "left", "top"),
        (f"{luck}不利\n未见努力", "right", "top"),
    )
    layers: list[Spec] = []
    for text, side, edge in told:
        mark = {
            **{"type": "text", "fontSize": 12, "fontWeight": "bold", "color": GREY, "tooltip": None, "lineBreak": "\n"},
            **{"align": side, "baseline": "top", "dx": 6 if side == "left" else -6, "dy": 6 if edge == "top" else -34},
        }
        at = {
            "x": {"value": 0 if side == "left" else "width"},
            "y": {"value": 0 if edge == "top" else "height"},
        }
        layers.append(
            {"data": rows([{"text": text}]), "mark": mark, "encoding": {**at, "text": field("text", "nominal")}}
        )
    return layers


def _around(values: list[dict[str, Any]], *names: str) -> Spec:
    """A scale that holds all values, with zero well inside: the words of each corner need their room."""
    found = [0.0, *(row[name] for row in values for name in names)]
    room = max(0.18 * (max(found) - min(found)), LEAST_SPAN / 2)
    low, high = room - min(found), room + max(found)
    return {"domain": [-max(low, LEAST_SIDE * high), max(high, LEAST_SIDE * low)], "nice": False}
