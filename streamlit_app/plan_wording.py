"""Words of the plan: verdicts with the rule that led to them, amounts in their units, how far a system is covered.

Pure functions from published facts to Chinese text. Does not belong here: judging (dbt's ``plan_progress``), HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from streamlit_app.plan import Clause, Task
from streamlit_app.wording import MINUS, Tone


@dataclass(frozen=True)
class Said:
    """What is said of a state, and whether that is good."""

    zh: str
    tone: Tone


# The names of the cards ``plan_targets_*``; a test compares them.
VERDICTS: Mapping[str, Said] = {
    "reached": Said("已达成", "good"),
    "on_track": Said("按进度推进", "good"),
    "behind": Said("滞后", "bad"),
    "due_not_reported": Said("到期未报", "bad"),
    "due_missed": Said("到期未达", "bad"),
    "no_year_set": Said("未定年份", "neutral"),
    "not_due_yet": Said("未到期待报", "neutral"),
}
STATES: Mapping[str, Said] = {
    "values": Said("有数值", "good"),
    "no_values": Said("有指标，暂无数值", "bad"),
    "no_indicator": Said("有数据集，尚无指标", "neutral"),
    "no_dataset": Said("应有数据，尚无数据集", "bad"),
    "silent": Said("不报送数据", "neutral"),
}
UNITS_ZH = {
    "%": "%",
    "cities": "个设区市",
    "county-level cities": "个县级城市",
    "labs": "个",
    "stations": "个",
    "substations": "个",
    "parks": "个",
    "factories": "家",
    "devices": "台（套）",
}
KINDS_ZH = {"milestone": "是否建成", "coverage": "覆盖", "count": "计数"}
SOURCES_ZH = {"register": "台账", "report": "报送"}
FIELDS_ZH: Mapping[str, Mapping[str, str]] = {
    "kind": KINDS_ZH,
    "value_source": SOURCES_ZH,
    "unit": UNITS_ZH | {"yes/no": "是否完成"},
    "verdict": {code: said.zh for code, said in VERDICTS.items()},
}
# A path is compared unrounded; two decimals tell it from a count.
CENT = Decimal("0.01")


def verdict(code: str) -> Said:
    """A verdict; one without words keeps its code."""
    return VERDICTS.get(code, Said(code, "neutral"))


def day(on: date) -> str:
    """A day in Chinese."""
    return f"{on.year}年{on.month}月{on.day}日"


def amount(value: Decimal, unit: str) -> str:
    """A value with its unit; yes or no in a word."""
    if unit == "yes/no":
        return "已完成" if value >= 1 else "未完成"
    zh = UNITS_ZH.get(unit, unit)
    return f"{_plain(value)}%" if zh == "%" else f"{_plain(value)} {zh}"


def _plain(value: Decimal) -> str:
    rounded = value.quantize(CENT, ROUND_HALF_EVEN).normalize()
    return f"{rounded:,f}".replace("-", MINUS)


def goal(task: Task) -> str:
    """What is to be reached, and by when."""
    when = f"{task.year}年" if task.year else "原文未写年份"
    return f"目标 {'完成' if task.unit == 'yes/no' else amount(task.target, task.unit)}（{when}）"


def gap(task: Task) -> str:
    """How far it is from the target; empty for a yes or no, which has no way in between."""
    if task.gap is None or task.unit == "yes/no":
        return ""
    if task.gap > 0:
        return f"差 {amount(task.gap, task.unit)}"
    return f"超出 {amount(-task.gap, task.unit)}" if task.gap < 0 else "与目标相等"


def rule(task: Task) -> str:
    """The rule by which the verdict was given, with the numbers it was given on."""
    due = "" if task.due_on is None else day(task.due_on)
    path = "" if task.path_value is None else f"线性路径值 {amount(task.path_value, task.unit)}"
    sentences = {
        "reached": f"现值达到目标值{_since(task)}",
        "on_track": f"{due}到期，现值不低于{path}",
        "behind": f"{due}到期，现值低于{path}",
        "due_not_reported": f"{due}已到期，台账和报送均无数值",
        "due_missed": f"{due}已到期，现值低于目标值",
        "no_year_set": "原文未写年份且未达到目标值，不推定年份，不判快慢",
        "not_due_yet": f"{due}到期，{'尚无数值可判' if task.value is None else '是否建成类目标到期才判'}",
    }
    return sentences.get(task.verdict, task.verdict)


def _since(task: Task) -> str:
    if task.reached_by is None:
        return ""
    first = f"，最早见于{day(task.reached_by)}"
    if task.is_late is None:
        return f"{first}，到期时没有数值，不判是否逾期" if task.year else first
    return f"{first}，逾期达成" if task.is_late else f"{first}，未逾期"


def stored(name: str, value: object) -> str:
    """A published field in words."""
    if value is None or value == "":
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}{'%' if name == 'share_pct' else ''}"
    return FIELDS_ZH.get(name, {}).get(str(value), str(value))


def clause(of: Clause) -> str:
    """A clause by number and title."""
    return f"第{of.number}条 {of.title_zh}" if of.number else "主要目标"
