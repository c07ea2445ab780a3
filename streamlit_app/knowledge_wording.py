"""Words of the knowledge library: kinds, relations, sources; and the link to an entity.

Pure functions from the library's facts to Chinese text. Does not belong here: asking (``catalog.kb``), pages.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from catalog import kb
from streamlit_app.components.html import escape
from streamlit_app.plan_wording import UNITS_ZH
from streamlit_app.wording import CERTAINTY_ZH, COMPARISONS_ZH, LEVELS_ZH

KINDS_ZH = LEVELS_ZH | {
    "clause": "方案条款",
    "target": "方案目标",
    "system": "方案所列系统",
    "unit": "责任单位",
    "standard": "标准",
    "edition": "评价版本",
    "indicator": "指标",
    "dataset": "数据集",
    "medium": "受纳介质",
    "outlet": "排放口",
    "water": "水体",
    "term": "术语",
    "note": "方法说明",
    "region_change": "区划调整",
}
# What the sources are called; they are written in English where the facts are kept.
SOURCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"plan draft for comment, clause (\S+)", r"试点方案（征求意见稿）第\1条"),
        (
            r"plan draft for comment \(basis (.+?)\), final text not found",
            r"试点方案（征求意见稿，\1），最终文本未见到",
        ),
        (r"plan clause (\S+)", r"试点方案第\1条"),
        (r"the text sets no year", "原文未写年份"),
        (r"domain note ([\d.]+)", r"领域资料第\1节"),
        (r"NBS division codes to ([\d-]+)", r"国家统计局区划代码（至\1）"),
        (
            r"GB/T 2260 code from memory; used only to group stations of this county",
            "GB/T 2260 代码，据记忆，仅用于归并监测站",
        ),
        (r"code abolished ([\d-]+)", r"代码于\1撤销"),
        (r"list of historic codes, ", "历史代码表，"),
        (r"in time: change (\S+)", r"有效期据区划调整 \1"),
        (r"region_changes", "区划调整表"),
        (r"day in force from memory|days? from memory", "实施日期据记忆"),
        (r"day not known", "日期不详"),
        (r"day of the amendment not known", "修改单日期不详"),
        (r"the standard's own (?:text|pages)", "标准原文"),
        (r"foreword of (.+)", r"\1 前言"),
        (r"text not read", "未读到原文"),
        (r"public notices of publication|press on the publication", "发布公告"),
        (r"press on (.+)", r"关于 \1 的报道"),
        (r"public geography of Zhejiang", "浙江水系公开资料"),
        (r"joins at the estuary below Hangzhou", "在杭州以下河口汇入"),
        (r"register of sections|water__section_register", "断面名录"),
        (r"air__station_register", "空气站名录"),
        (r"ecology__outlet_register", "排放口名录"),
        (r"resources__green_factories", "绿色工厂名单"),
        (r"resources__green_parks", "绿色园区名单"),
        (r"resources__synergy_register", "协同创新区名单"),
        (r"card of the dataset", "数据集卡片"),
        (r"used by the register of regions", "区划名录采用"),
        (r"manifest that records the supersession", "记载版本更替的清单"),
        (r"GB 3095-2026 6\.3 points to it", "GB 3095-2026 第6.3条引用"),
        (r"public page on the 2020 rule", "2020年规则的公开资料"),
        (r"limits verified in public practitioner's code", "限值经公开代码核对"),
        (r"formulas verified in public code", "公式经公开代码核对"),
        (r"CNEMC 2019 station data", "总站2019年站点数据"),
        (r"design\.md ([\d.]+)", r"本系统设计说明第\1节"),
        (r"in force nationwide ([\d-]+), repealed by the 2026 editions", r"自\1全国实施，由2026年版代替"),
        (r": final limits from ([\d-]+)", r"：\1起执行最终限值"),
        (r": transition limits to ([\d-]+)", r"：至\1执行过渡限值"),
        (r"; ", "；"),
    )
)


def kind_words(kind: str) -> str:
    """What a kind of thing is called; one without a name keeps its code."""
    return KINDS_ZH.get(kind, kind)


def certainty_words(certainty: str) -> str:
    """How sure a fact is."""
    return CERTAINTY_ZH.get(certainty, certainty)


def relation_words(edge: kb.Edge) -> str:
    """A relation as seen from the entity asked for."""
    known = kb.RELATIONS.get(edge.relation)
    return edge.relation if known is None else known[0 if edge.outward else 1][0]


def source_words(source: str) -> str:
    """Where a fact is from; what has no translation stays as it was written."""
    for pattern, words in SOURCES:
        source = pattern.sub(words, source)
    return source


def change_date(change: kb.Change) -> str:
    """The day of a change as far as it is known."""
    on = change.effective_from
    return {"year": f"{on.year}年", "month": f"{on.year}年{on.month}月"}.get(
        change.date_precision, f"{on.year}年{on.month}月{on.day}日"
    )


def goal_words(target: kb.Target) -> str:
    """What is to be reached."""
    if target.unit == "yes/no":
        return "完成"
    compared, unit = COMPARISONS_ZH.get(target.comparison, target.comparison), UNITS_ZH.get(target.unit, target.unit)
    return f"{compared} {target.value:g}{'' if unit == '%' else ' '}{unit}"


def link(entity: str, name: str, asked: str = "") -> str:
    """A link to an entity's page; ``asked`` leads back to the results it was found in."""
    back = f"&ask={quote(asked)}" if asked else ""
    return f'<a href="?entity={quote(entity)}{back}" target="_self">{escape(name)}</a>'
