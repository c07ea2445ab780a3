"""Key figures: a number with unit, status, change, limit and coverage; or, in its place, why there is none.

Does not belong here: choosing which figures are shown (``views``).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import polars as pl
import streamlit as st

from streamlit_app.components.html import escape, show, tone_chip
from streamlit_app.figures import Comparison, Figure
from streamlit_app.levels import levels
from streamlit_app.rules import Limit
from streamlit_app.wording import (
    change_words,
    coverage_words,
    limit_words,
    number,
    reason_words,
    shown,
    status_words,
)

HOW = "这个数怎么来的"


def figure_card(
    figure: Figure,
    *,
    comparison: Comparison,
    limit: Limit | None,
    aside: str = "",
    explain: Callable[[Figure], None],
) -> None:
    """One key figure; ``explain`` opens its definition."""
    with st.container(border=True, height="stretch", key=f"card-{figure.card.code}-{figure.region.code}"):
        show(
            f'<div class="figure" data-code="{figure.card.code}" data-region="{figure.region.code}">'
            f"{_name(figure)}{_number(figure)}{_change(figure, comparison)}{_limit(figure, limit)}"
            f"{_line(aside)}{_trust(figure)}</div>"
        )
        if st.button(HOW, key=f"how-{figure.card.code}-{figure.region.code}", type="tertiary"):
            explain(figure)


def level_card(key: str, title: str, counts: pl.DataFrame, *, expected: int, unit: str, note: str) -> None:
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
    with st.container(border=True, height="stretch", key=f"card-levels-{key}"):
        show(
            f'<div class="figure"><div class="name">{escape(title)}</div>'
            f'<div class="levels" role="img" aria-label="{escape(title)}">{bar}</div><ul class="legend">{legend}</ul>'
            f"{_line(note, 'quiet')}</div>"
        )


def _name(figure: Figure) -> str:
    return f'<div class="name">{escape(figure.card.name_zh)}</div>'


def _number(figure: Figure) -> str:
    if figure.value is None:
        return f'<div class="none">暂无有效值</div>{_line(reason_words(figure.null_reason), "reason")}'
    written, unit = shown(figure)
    beside = f'<span class="unit">{escape(unit)}</span>' if unit else ""
    return f'<div><span class="number">{escape(written)}</span>{beside}</div>{_interval(figure)}'


def _trust(figure: Figure) -> str:
    """Coverage and status: how far the number may be trusted."""
    status = f' <span class="status {figure.status}">{status_words(figure.status)}</span>' if figure.status else ""
    return _line_html(f"{escape(coverage_words(figure))}{status}", "quiet")


def _interval(figure: Figure) -> str:
    if figure.lower is None or figure.upper is None:
        return ""
    decimals = figure.card.decimals
    return _line(f"区间 {number(figure.lower, decimals)} 至 {number(figure.upper, decimals)}", "quiet")


def _change(figure: Figure, comparison: Comparison) -> str:
    if comparison.change is None or figure.value is None:
        return ""
    lines = _line_html(_said(comparison.change, figure.card.better))
    if comparison.as_published is not None:
        said = change_words(comparison.as_published, figure.card.better)
        lines += _line(f"两期按同一版标准；若按各自当时的标准：{said.words}", "quiet")
    return lines


def _said(change: Figure, better: str) -> str:
    said = change_words(change, better)
    if change.value is None:
        return f'<span class="reason">同比：{escape(said.words)}</span>'
    return f"同比{escape(said.words)} {tone_chip(f'{said.arrow} {said.verdict}'.strip(), said.tone)}"


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
