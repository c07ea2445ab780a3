"""这个数怎么来的: what a figure means, under which rule, from which batches; how to trace and to cite it.

Does not belong here: walking to the bytes (``ecolake trace``).
"""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from catalog.publication import Publication
from streamlit_app import provenance
from streamlit_app.components.html import escape, show
from streamlit_app.exports import citation, trace_command
from streamlit_app.figures import Figure, edition_free
from streamlit_app.rules import edition_name, limit_of
from streamlit_app.wording import (
    AVERAGING_ZH,
    CERTAINTY_ZH,
    KINDS_ZH,
    STATUS_MEANING_ZH,
    coverage_words,
    number,
    status_words,
    value_words,
)

ZONE = ZoneInfo("Asia/Shanghai")
SHOWN_BATCHES = 400


@st.dialog("这个数怎么来的", width="large")
def explain(publication: Publication, figure: Figure, edition: str) -> None:
    """Open the definition of one figure."""
    explain_body(publication, figure, edition)


def explain_body(publication: Publication, figure: Figure, edition: str) -> None:
    """Everything about one figure, wherever it is shown."""
    show(
        f"<h2>{escape(figure.region.name_zh)} · {escape(figure.period.label)} · {escape(figure.card.name_zh)}</h2>"
        f'<p style="font-size:1.5rem;font-weight:700;margin:.2rem 0 .6rem" data-explained="{figure.card.code}">'
        f"{escape(value_words(figure))}</p>{_facts(publication, figure, edition)}"
    )
    if figure.inputs_hash:
        _lineage(publication, figure.inputs_hash)
    show("<h2>复核与引用</h2><p class='quiet'>在运行本系统的机器上执行下面的命令，可从本数值逐级追溯到原始字节：</p>")
    st.code(trace_command(publication, figure), language="bash", wrap_lines=True)
    show("<p class='quiet'>引用格式：</p>")
    st.code(citation(publication, figure), language=None, wrap_lines=True)


def _facts(publication: Publication, figure: Figure, edition: str) -> str:
    card = figure.card
    doubt = ' class="doubt"' if card.certainty == "doubtful" else ""
    limit = limit_of(publication, card.code, edition, figure.period.end)
    free = "（该统计量不随评价标准版本变化）" if card.code in edition_free(publication) else ""
    rows = [
        ("定义", escape(card.definition_zh)),
        ("算法", f"<code>{escape(card.formula)}</code>"),
        ("依据标准", escape(card.standard)),
        ("依据把握", f"<span{doubt}>{CERTAINTY_ZH.get(card.certainty, escape(card.certainty))}</span>"),
        ("单位", f"{escape(card.unit_zh)}，发布保留 {card.decimals} 位小数"),
        ("评价版本", f"{escape(edition_name(publication, figure.edition))}{free}"),
        ("状态", f"{_status(figure)}{_restated(publication, figure)}"),
        ("数据", f"{coverage_words(figure)}，参与计算的输入 {'—' if figure.n_inputs is None else figure.n_inputs} 个"),
        ("责任单位", escape(card.owner_zh)),
        ("指标代码", f"<code>{escape(card.code)}</code>"),
    ]
    if limit is not None:
        text = f"{AVERAGING_ZH[limit.averaging]} {limit.text}（{escape(limit.edition)}）"
        rows.insert(5, ("二级限值", text))
    return f'<dl class="definition">{"".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)}</dl>'


def _status(figure: Figure) -> str:
    return f"{status_words(figure.status)}：{STATUS_MEANING_ZH.get(figure.status or '', '')}"


def _restated(publication: Publication, figure: Figure) -> str:
    found = provenance.restatement(publication, figure)
    if found is None:
        return ""
    kind, *values = found
    before, after = (number(v, figure.card.decimals) if isinstance(v, Decimal) else "无值" for v in values)
    return f"；上一发布为 {before}，本次为 {after}（{KINDS_ZH.get(kind, kind)}）"


def _lineage(publication: Publication, inputs_hash: str) -> None:
    months = provenance.months_behind(publication, inputs_hash)
    batches = provenance.batches_behind(publication, inputs_hash)
    span = f"{months[0]} 至 {months[-1]}（{len(months)} 个月）" if months else "无记录"
    show(
        "<h2>来自哪些数据</h2>"
        f"<p>输入哈希 <code>{inputs_hash[:16]}…</code> → {span} → "
        f'<b data-batches="{len(batches)}">{len(batches)} 个批次</b>，'
        f"{int(batches['accepted'].sum() or 0):,} 行（含同批的其他地区和时段）。</p>"
    )
    if not batches.is_empty():
        with st.container(height=260, border=True):
            show(_batch_table(batches))


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} 至 {last}"


def _batch_table(batches: pl.DataFrame) -> str:
    body = "".join(
        f'<tr><td class="left">{_span(row["first_month"], row["last_month"])}</td>'
        f'<td class="left">{escape(row["dataset"])}</td>'
        f'<td class="left">{escape(row["object_name"])}</td>'
        f'<td class="left" title="{row["object_sha256"]}"><code>{row["object_sha256"][:12]}…</code></td>'
        f"<td>{row['received_at'].astimezone(ZONE):%Y-%m-%d %H:%M}</td><td>{row['accepted']:,}</td></tr>"
        for row in batches.head(SHOWN_BATCHES).iter_rows(named=True)
    )
    more = (
        f'<p class="quiet">另有 {len(batches) - SHOWN_BATCHES} 个批次未列出。</p>'
        if len(batches) > SHOWN_BATCHES
        else ""
    )
    heads = "".join(f'<th class="left">{name}</th>' for name in ("月份", "数据集", "文件", "SHA-256"))
    return (
        f'<div class="scroll"><table class="plain"><thead><tr>{heads}<th>接收时间</th><th>入库行数</th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>{more}"
    )
