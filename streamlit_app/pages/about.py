"""关于与质量: what this publication is, whether its inputs add up, what was restated, what is doubtful.

Does not belong here: the numbers themselves.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from catalog.publication import Publication
from streamlit_app import provenance
from streamlit_app.components import header
from streamlit_app.components.html import escape, heading, show
from streamlit_app.periods import TYPES_ZH
from streamlit_app.rules import doubtful
from streamlit_app.wording import CERTAINTY_ZH, KINDS_ZH, instant_words

ZONE = ZoneInfo("Asia/Shanghai")
REASONS_ZH = {
    "": "有值",
    "too_few_days": "有效天数不足",
    "too_few_hours": "有效小时不足",
    "too_few_windows": "臭氧有效时段不足",
    "too_few_points": "有效点位不足",
    "missing_pollutants": "污染物缺项",
    "cities_missing": "设区市不齐",
    "no_value_now": "同比：本期无值",
    "no_value_before": "同比：上年同期无值",
    "zero_before": "同比：上年同期为0",
}


def render(publication: Publication) -> None:
    """The page."""
    header.title("关于与质量", "本发布是什么、能否信任、哪里存疑")
    _publication(publication)
    _reconciliation(publication)
    _restatements(publication)
    _absences(publication)
    _doubts(publication)
    _catalog(publication)


def _publication(publication: Publication) -> None:
    manifest = publication.manifest
    code = f"{manifest.code.commit or '未知'}{'（含未提交的改动）' if manifest.code.dirty else ''}"
    rows = [
        ("发布编号", f"<code>{escape(manifest.id)}</code>"),
        ("内容哈希", f"<code>{manifest.content_hash}</code>"),
        ("发布时间", instant_words(manifest.built_at.astimezone(ZONE))),
        ("数据知悉截至", instant_words(manifest.as_of.astimezone(ZONE))),
        ("上一发布", f"<code>{escape(manifest.previous)}</code>" if manifest.previous else "无（第一次发布）"),
        ("数据性质", "模拟数据" if manifest.simulated else "实测数据"),
        ("代码版本", f"<code>{escape(code)}</code>"),
        ("规模", f"{len(manifest.tables)} 张表，{manifest.rows:,} 行，{len(manifest.batches)} 个输入批次"),
        ("核验命令", f"<code>ecolake verify {escape(manifest.id)}</code>"),
    ]
    heading("本发布")
    show(f'<dl class="definition">{"".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)}</dl>')
    if manifest.simulated:
        show(
            '<div class="caution">模拟数据由 <code>ecolake simulate</code> 按各来源的原始格式生成：11 个设区市、'
            "固定随机种子、已知的排放路径，并有意混入缺测、重复、更正、越限与一个被篡改的点位，用来检验整条流程。"
            "文件名均以 <code>sim_</code> 开头。任何数值都不是监测结果。</div>"
        )


def _reconciliation(publication: Publication) -> None:
    sums = provenance.reconciliation(publication)
    heading("数据对账", "读入行数 = 入库 + 隔离 + 重复，逐批核对")
    total = sums.select(pl.sum("batches", "rows_in", "accepted", "quarantined", "duplicates")).row(0, named=True)
    body = "".join(_account(row, row["dataset"]) for row in sums.iter_rows(named=True))
    closes = bool(sums["closes"].all())
    body += _account(total | {"closes": closes, "last_received_at": sums["last_received_at"].max()}, "合计", "total")
    heads = "".join(f"<th>{name}</th>" for name in ("批次", "读入", "入库", "隔离", "重复", "对账", "最近接收"))
    show(_table(f'<th class="left">数据集</th>{heads}', body, "reconciliation"))


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
    show(_table(head, body, "restatements") + more)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _absences(publication: Publication) -> None:
    counted = provenance.absences(publication)
    heading("有值与无值", "城市和全省数值的个数，现行标准；无值必有原因")
    kinds = [kind for kind in TYPES_ZH if kind in set(counted["period_type"])]
    cells = {(row["reason"], row["period_type"]): row["figures"] for row in counted.iter_rows(named=True)}
    reasons = dict.fromkeys(["", *REASONS_ZH, *counted["reason"]])
    body = "".join(
        f'<tr><td class="left">{escape(REASONS_ZH.get(reason, reason))}</td>'
        f"{''.join(f'<td>{cells.get((reason, kind), 0):,}</td>' for kind in kinds)}</tr>"
        for reason in reasons
        if any((reason, kind) in cells for kind in kinds)
    )
    head = '<th class="left">情形</th>' + "".join(f"<th>{TYPES_ZH[kind]}</th>" for kind in kinds)
    show(_table(head, body, "absences"))


def _doubts(publication: Publication) -> None:
    heading("存疑与待核对", "计算所用的规则中，尚未核对到标准原文的部分")
    rules = "".join(
        f'<tr><td class="left"><code>{escape(rule.table)}</code></td><td class="left wrap">{escape(rule.content)}</td>'
        f'<td class="left">{CERTAINTY_ZH["doubtful"]}</td><td class="left wrap">{escape(rule.source)}</td></tr>'
        for rule in doubtful(publication)
    )
    show(_table(_lefts("规则表", "内容", "把握", "来源"), rules, "doubts"))


def _catalog(publication: Publication) -> None:
    heading("指标目录", "本发布收录的全部指标（不含派生的同比）")
    body = "".join(
        f'<tr><td class="left">{escape(row["name_zh"])}<br><code>{row["code"]}</code></td>'
        f'<td class="left wrap">{escape(row["definition_zh"])}</td><td class="left">{escape(row["unit_zh"])}</td>'
        f'<td class="left wrap">{escape(row["standard"])}</td>'
        f'<td class="left">{CERTAINTY_ZH.get(row["certainty"], row["certainty"])}</td></tr>'
        for row in provenance.catalog(publication).iter_rows(named=True)
    )
    show(_table(_lefts("指标", "定义", "单位", "依据标准", "依据把握"), body, "catalog"))


def _lefts(*names: str) -> str:
    return "".join(f'<th class="left">{name}</th>' for name in names)


def _table(head: str, body: str, name: str) -> str:
    return (
        f'<div class="scroll"><table class="plain" data-table="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
