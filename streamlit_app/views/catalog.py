"""指标目录: every catalogued indicator by theme: what it means, by which clause, whose it is, how much of it there is.

Does not belong here: values (the themes' pages), rules in doubt (``quality``).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from catalog.metrics import search
from catalog.publication import Publication
from catalog.themes import Theme, addresses, in_order
from streamlit_app import holdings
from streamlit_app.components import header
from streamlit_app.components.html import escape, heading, show
from streamlit_app.components.plain_table import lefts, plain_table
from streamlit_app.periods import TYPES_ZH, Period, natural_end
from streamlit_app.wording import BETTER_ZH, CERTAINTY_ZH, level_words

EVERY = ""
HEADS = ("指标", "定义与算法", "依据标准与把握", "单位", "时段与层级", "责任单位", "本发布的数值")


def render(publication: Publication) -> None:
    """The page."""
    every = holdings.metrics(publication).filter(pl.col("in_publication"))
    header.title("指标目录", "每个指标的含义、算法、依据、责任单位，以及本发布中有多少数值（不含派生的同比）")
    text, theme = _asked(in_order(set(every["theme"])))
    found = search(every, theme=theme or None, text=text)
    counts = f"共 <b>{len(found)}</b> 个指标，其中 {_with_values(found)} 个在本发布中有数值。"
    show(f"<p>{counts}</p>")
    held = addresses(holdings.themes_held(publication))
    for each in in_order(set(found["theme"])):
        _theme(each, found.filter(pl.col("theme") == each.code), address=held.get(each.code))


def _asked(themes: list[Theme]) -> tuple[str, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        text = st.text_input("搜索", key="q", bind="query-params", width=320, placeholder="名称、代码或定义中的词")
        names = {EVERY: "全部", **{theme.code: theme.title_zh for theme in themes}}
        theme = st.selectbox(
            "主题", list(names), format_func=names.__getitem__, key="theme", bind="query-params", width=200
        )
    return text or "", theme


def _with_values(found: pl.DataFrame) -> int:
    return found.filter(pl.col("n_values") > 0).height


def _theme(theme: Theme, found: pl.DataFrame, *, address: str | None) -> None:
    heading(theme.title_zh, f"{len(found)} 个指标")
    if address is not None:
        show(f'<p><a href="{address}" target="_self">查看{escape(theme.title_zh)}的数值</a></p>')
    body = "".join(_row(row) for row in found.iter_rows(named=True))
    show(plain_table(lefts(*HEADS), body, f"catalog-{theme.code}"))


def _row(row: dict[str, Any]) -> str:
    periods = "、".join(TYPES_ZH.get(kind, "小时") for kind in row["periods"].split(","))
    levels = "、".join(level_words(level) for level in row["levels"].split(","))
    caveats = row.get("caveats_zh") or ""
    definition = f"{escape(row['definition_zh'])}<br><code>{escape(row['formula'])}</code>"
    if caveats:
        definition += f'<br><span class="quiet">注意：{escape(caveats)}</span>'
    certainty = escape(CERTAINTY_ZH.get(row["certainty"], row["certainty"]))
    doubt = ' class="missing"' if row["certainty"] == "doubtful" else ""
    newest = _newest(row["newest_type"], row["newest_at"])
    wide = (definition, f"{escape(row['standard'])}<br><small{doubt}>{certainty}</small>")
    narrow = (
        f"{escape(row['unit_zh'])}<br><small>{BETTER_ZH[row['better']]}</small>",
        f"{periods}<br>{escape(levels)}",
        escape(row["owner_zh"]),
        f"{row['n_values']:,} 个{newest}",
    )
    name = f'<td class="left">{escape(row["name_zh"])}<br><code>{escape(row["code"])}</code></td>'
    cells = "".join(f'<td class="left wrap">{cell}</td>' for cell in wide)
    cells += "".join(f'<td class="left narrow">{cell}</td>' for cell in narrow)
    return f'<tr data-code="{escape(row["code"])}">{name}{cells}</tr>'


def _newest(kind: str | None, at: Any) -> str:
    if kind not in TYPES_ZH or at is None:
        return ""
    start: date = at.date()
    return f"<br><small>最新 {escape(Period(kind, start, natural_end(kind, start)).label)}</small>"
