"""All indicators of one region and period as a table: value, same-period change, interval, coverage, status, reason.

Does not belong here: comparing regions (``ranking``).
"""

from __future__ import annotations

from collections.abc import Callable

from streamlit_app.components.html import escape, tone_chip
from streamlit_app.figures import Comparison, Figure
from streamlit_app.wording import change_words, coverage_words, number, reason_words, status_words, value_words

HEADS = ("指标", "数值", "同比", "区间", "覆盖率", "状态")


def figure_table(figures: list[Figure], compared: Callable[[Figure], Comparison]) -> str:
    """The table as HTML, one row a figure."""
    body = "".join(_row(figure, compared(figure).change) for figure in figures)
    heads = "".join(f'<th class="left">{name}</th>' for name in HEADS)
    return (
        f'<div class="scroll"><table class="plain" data-table="figures"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(figure: Figure, change: Figure | None) -> str:
    if figure.value is None:
        value = f'<span class="missing">{escape(reason_words(figure.null_reason))}</span>'
    else:
        value = f"<b>{escape(value_words(figure))}</b>"
    cells = [
        f"{escape(figure.card.name_zh)}<br><code>{escape(figure.card.code)}</code>",
        value,
        _change(figure, change),
    ]
    cells += [_interval(figure), coverage_words(figure).removeprefix("覆盖率 "), status_words(figure.status)]
    row = "".join(f'<td class="left wrap">{cell}</td>' for cell in cells)
    return f'<tr data-code="{figure.card.code}">{row}</tr>'


def _change(figure: Figure, change: Figure | None) -> str:
    if change is None or figure.value is None:
        return "—"
    said = change_words(change, figure.card.better)
    if change.value is None:
        return f'<span class="quiet">{escape(said.words)}</span>'
    return tone_chip(f"{said.arrow} {said.words}", said.tone)


def _interval(figure: Figure) -> str:
    if figure.lower is None or figure.upper is None:
        return "—"
    return f"{number(figure.lower, figure.card.decimals)} 至 {number(figure.upper, figure.card.decimals)}"
