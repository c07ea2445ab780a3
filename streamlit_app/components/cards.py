"""Key figures: a number with unit, status, change, limit and coverage; or, in its place, why there is none.

Does not belong here: choosing which figures are shown (``pages``).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import polars as pl
import streamlit as st

from streamlit_app.components.html import escape, show, tone_chip
from streamlit_app.figures import Figure
from streamlit_app.reference import Limit, levels
from streamlit_app.wording import (
    change_words,
    coverage_words,
    limit_words,
    number,
    reason_words,
    status_words,
)

HOW = "这个数怎么来的"


def figure_card(
    figure: Figure,
    *,
    change: Figure | None,
    fair_change: Figure | None,
    limit: Limit | None,
    aside: str = "",
    explain: Callable[[Figure], None],
) -> None:
    """One key figure; ``explain`` opens its definition. ``fair_change``: the change under one edition, if needed."""
    with st.container(border=True, height="stretch"):
        show(
            f'<div class="figure" data-code="{figure.card.code}" data-region="{figure.region.code}">'
            f"{_name(figure)}{_number(figure)}{_change(figure, change, fair_change)}{_limit(figure, limit)}"
            f"{_line(aside)}{_line(coverage_words(figure), 'quiet')}</div>"
        )
        if st.button(HOW, key=f"how-{figure.card.code}-{figure.region.code}", type="tertiary"):
            explain(figure)


def level_card(title: str, counts: pl.DataFrame, expected: int, unit: str, note: str) -> None:
    """Days by AQI level as one bar with its words; days without AQI are hatched."""
    known = {row["level"]: row["days"] for row in counts.iter_rows(named=True)}
    absent = expected - sum(days for level, days in known.items() if level is not None)
    parts = [(level.zh, known.get(number, 0), f"background:{level.hex}", "") for number, level in levels().items()]
    parts.append(("无有效AQI", absent, "", "hatched"))
    bar = "".join(
        f'<span class="{kind}" style="width:{100 * days / expected:.3f}%;{style}" title="{name} {days}{unit}"></span>'
        for name, days, style, kind in parts
        if days
    )
    legend = "".join(
        f'<li data-level="{name}"><span class="swatch {kind}" style="{style}"></span>{name} <b>{days}</b> {unit}</li>'
        for name, days, style, kind in parts
        if days or name in ("优", "良")
    )
    with st.container(border=True, height="stretch"):
        show(
            f'<div class="figure"><div class="name"><span>{escape(title)}</span></div>'
            f'<div class="levels" role="img" aria-label="{escape(title)}">{bar}</div><ul class="legend">{legend}</ul>'
            f"{_line(note, 'quiet')}</div>"
        )


def _name(figure: Figure) -> str:
    status = f'<span class="status {figure.status}">{status_words(figure.status)}</span>' if figure.status else ""
    return f'<div class="name"><span>{escape(figure.card.name_zh)}</span>{status}</div>'


def _number(figure: Figure) -> str:
    if figure.value is None:
        return f'<div class="none">暂无有效值</div>{_line(reason_words(figure.null_reason), "reason")}'
    unit = "" if figure.card.unit_zh == "无量纲" else figure.card.unit_zh
    text = f" · {escape(figure.text)}" if figure.card.code == "air_aqi" and figure.text else ""
    shown = number(figure.value, figure.card.decimals)
    return f'<div><span class="number">{shown}</span><span class="unit">{escape(unit)}{text}</span></div>{_interval(figure)}'


def _interval(figure: Figure) -> str:
    if figure.lower is None or figure.upper is None:
        return ""
    decimals = figure.card.decimals
    return _line(f"区间 {number(figure.lower, decimals)} 至 {number(figure.upper, decimals)}", "quiet")


def _change(figure: Figure, change: Figure | None, fair_change: Figure | None) -> str:
    if change is None or figure.value is None:
        return ""
    lines = _line_html(f"同比 {_chip(change, figure.card.better)}")
    if fair_change is not None:
        fair = change_words(fair_change, figure.card.better)
        lines += _line(f"两期标准版本不同；按同一版本：{fair.arrow} {fair.words}".strip(), "reason")
    return lines


def _chip(change: Figure, better: str) -> str:
    said = change_words(change, better)
    verdict = f"（{said.verdict}）" if said.verdict else ""
    return tone_chip(f"{said.arrow} {said.words}{verdict}".strip(), said.tone)


def _limit(figure: Figure, limit: Limit | None) -> str:
    if limit is None:
        return ""
    return _gauge(figure.value, limit.value) + _line(limit_words(figure, limit))


def _gauge(value: Decimal | None, limit: Decimal) -> str:
    """A bar of the value with a mark at the limit; beyond the limit it is striped, not only another colour."""
    if value is None:
        return ""
    full = max(limit * Decimal("1.25"), value * Decimal("1.05"))
    over = ' class="over"' if value > limit else ""
    share, mark = 100 * value / full, 100 * limit / full
    return f'<div class="gauge"><i{over} style="width:{share:.1f}%"></i><u style="left:{mark:.1f}%"></u></div>'


def _line(text: str, kind: str = "") -> str:
    return _line_html(escape(text), kind) if text else ""


def _line_html(body: str, kind: str = "") -> str:
    return f'<div class="line {kind}">{body}</div>'
