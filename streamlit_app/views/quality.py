"""数据质量: by theme what is there, how new, what is missing and why; whether the inputs add up; what changed; doubts.

Does not belong here: the numbers themselves, what the publication is (``about``).
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from catalog.publication import Publication
from catalog.themes import in_order
from streamlit_app import holdings, provenance
from streamlit_app.components import header
from streamlit_app.components.header import ZONE
from streamlit_app.components.html import escape, heading, show
from streamlit_app.components.plain_table import lefts, plain_table
from streamlit_app.periods import TYPES_ZH
from streamlit_app.rules import doubtful
from streamlit_app.wording import CERTAINTY_ZH, KINDS_ZH, REASONS, reason_words

# Stands where a figure has a value.
PRESENT, PRESENT_ZH = "", "有值"


def render(publication: Publication) -> None:
    """The page."""
    header.title("数据质量", "各主题有多少、有多新、缺什么、为什么缺；输入是否对得上；改了什么；哪里存疑")
    _themes(publication, datetime.now(ZONE).date())
    _absences(publication)
    _reconciliation(publication)
    _restatements(publication)
    _doubts(publication)


def _themes(publication: Publication, today: date) -> None:
    """One line a theme; coverage is the mean over all its numbers that state one."""
    heading("各主题", "现行标准下日及以上时段的数值")
    counted = provenance.by_theme(publication)
    rows = {row["theme"]: row for row in counted.iter_rows(named=True)}
    body = "".join(
        f'<tr><td class="left">{escape(theme.title_zh)}</td>{_counts(rows[theme.code])}'
        f'<td class="left">{_newest(publication, theme.code, today)}</td></tr>'
        for theme in in_order(set(rows))
    )
    heads = "".join(f"<th>{name}</th>" for name in ("指标", "数值个数", "有值", "有值比例", "平均覆盖率"))
    show(plain_table(f"{lefts('主题')}{heads}{lefts('最新时段')}", body, "themes"))


def _counts(row: dict[str, int | float | None]) -> str:
    figures, present, coverage = row["figures"] or 0, row["present"] or 0, row["coverage"]
    cells = [f"{row['indicators']:,}", f"{figures:,}", f"{present:,}", f"{present / figures:.1%}"]
    cells.append("—" if coverage is None else f"{coverage:.1%}")
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _newest(publication: Publication, theme: str, today: date) -> str:
    newest = holdings.newest(publication, theme)
    if newest is None:
        return '<span class="missing">无有效值</span>'
    days = (today - newest.end).days
    return escape(newest.label) + (f" <small>距今 {days} 天</small>" if days > 0 else "")


def _absences(publication: Publication) -> None:
    counted = provenance.absences(publication)
    heading("有值与无值", "现行标准下各层级的数值个数；无值必有原因")
    kinds = [kind for kind in TYPES_ZH if kind in set(counted["period_type"])]
    cells = {(r["theme"], r["reason"], r["period_type"]): r["figures"] for r in counted.iter_rows(named=True)}
    body = ""
    for theme in in_order(set(counted["theme"])):
        of_theme = counted.filter(pl.col("theme") == theme.code)
        order = dict.fromkeys([PRESENT, *REASONS, *of_theme["reason"]])
        reasons = [reason for reason in order if reason in set(of_theme["reason"])]
        body += "".join(
            f'<tr><td class="left">{escape(theme.title_zh)}</td>'
            f'<td class="left">{escape(reason_words(reason) if reason else PRESENT_ZH)}</td>'
            f"{''.join(f'<td>{cells.get((theme.code, reason, kind), 0):,}</td>' for kind in kinds)}</tr>"
            for reason in reasons
        )
    head = lefts("主题", "情形") + "".join(f"<th>{TYPES_ZH[kind]}</th>" for kind in kinds)
    show(plain_table(head, body, "absences"))


def _reconciliation(publication: Publication) -> None:
    sums = provenance.reconciliation(publication)
    heading("数据对账", "读入行数 = 入库 + 隔离 + 重复，逐批核对")
    total = sums.select(pl.sum("batches", "rows_in", "accepted", "quarantined", "duplicates")).row(0, named=True)
    body = "".join(_account(row, row["dataset"]) for row in sums.iter_rows(named=True))
    closes = bool(sums["closes"].all())
    body += _account(total | {"closes": closes, "last_received_at": sums["last_received_at"].max()}, "合计", "total")
    heads = "".join(f"<th>{name}</th>" for name in ("批次", "读入", "入库", "隔离", "重复", "对账", "最近接收"))
    show(plain_table(f'<th class="left">数据集</th>{heads}', body, "reconciliation"))


def _account(row: dict[str, object], name: str, kind: str = "") -> str:
    counts = "".join(f"<td>{row[c]:,}</td>" for c in ("batches", "rows_in", "accepted", "quarantined", "duplicates"))
    received = row["last_received_at"]
    when = f"{received.astimezone(ZONE):%Y-%m-%d %H:%M}" if received is not None else "—"  # type: ignore[attr-defined]
    closes = "闭合" if row["closes"] else '<span class="missing">不闭合</span>'
    return f'<tr class="{kind}"><td class="left">{escape(name)}</td>{counts}<td>{closes}</td><td>{when}</td></tr>'


def _restatements(publication: Publication) -> None:
    changed = provenance.restatements(publication)
    heading("修订", "与上一发布相比不同的数值；修订指期已结束，更新指期未结束")
    if changed.is_empty():
        first = publication.manifest.previous is None
        show(f"<p>{'这是第一次发布，没有可比较的上一发布。' if first else '没有任何已发布的数值发生变化。'}</p>")
        return
    body = "".join(
        f'<tr><td class="left">{escape(str(row["name_zh"]))}</td>'
        f'<td class="left">{KINDS_ZH.get(row["kind"], row["kind"])}</td>'
        f"<td>{row['changed']:,}</td><td>{_percent(row['largest_relative_change'])}</td></tr>"
        for row in changed.head(40).iter_rows(named=True)
    )
    more = (
        f'<p class="quiet">另有 {len(changed) - 40} 行未列出；全部见 restatements 表。</p>' if len(changed) > 40 else ""
    )
    head = '<th class="left">指标</th><th class="left">性质</th><th>数值个数</th><th>最大相对变化</th>'
    show(plain_table(head, body, "restatements") + more)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _doubts(publication: Publication) -> None:
    heading("存疑与待核对", "计算所用的规则中，尚未核对到标准原文的部分")
    rules = "".join(
        f'<tr><td class="left"><code>{escape(rule.table)}</code></td><td class="left wrap">{escape(rule.content)}</td>'
        f'<td class="left">{CERTAINTY_ZH["doubtful"]}</td><td class="left wrap">{escape(rule.source)}</td></tr>'
        for rule in doubtful(publication)
    )
    show(plain_table(lefts("规则表", "内容", "把握", "来源"), rules, "doubts"))
