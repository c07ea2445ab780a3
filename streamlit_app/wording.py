"""Words for people: why a number is absent, what a change means, what a status, a unit or a limit is called.

Pure functions from published facts to Chinese text. Does not belong here: HTML (``components``) or reading data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from catalog.effort.terms import REASONS as EFFORT_REASONS
from streamlit_app.figures import CHANGE, Card, Figure
from streamlit_app.rules import Limit, Target

Tone = Literal["good", "bad", "neutral"]
MINUS = "−"
STATUS_ZH = {"provisional": "暂定", "verified": "已核实", "restated": "已修订"}
STATUS_MEANING_ZH = {
    "provisional": "数据仍可能补报或更正",
    "verified": "更正期已过，未再变化",
    "restated": "与上一发布相比有修订",
}
KINDS_ZH = {"restated": "修订", "updated": "更新", "withdrawn": "撤回"}
CERTAINTY_ZH = {
    "verified": "已核对原文",
    "measured": "由实测数据验证",
    "memory-high": "据一般了解，待核对原文",
    "memory-medium": "据一般了解，把握不大，待核对原文",
    "register": "据来源名录",
    "doubtful": "存疑",
}
POLLUTANTS_ZH = {
    "pm25": "PM2.5",
    "pm10": "PM10",
    "so2": "二氧化硫",
    "no2": "二氧化氮",
    "co": "一氧化碳",
    "o3": "臭氧",
    "PM2.5": "PM2.5",
    "PM10": "PM10",
    "SO2": "二氧化硫",
    "NO2": "二氧化氮",
    "CO": "一氧化碳",
    "O3": "臭氧",
}
UNITS_ZH = {"ug/m3": "微克/立方米", "mg/m3": "毫克/立方米"}
# From the whole to its parts; the order in which levels are offered.
LEVELS_ZH = {
    "delta": "长三角",
    "province": "省",
    "city": "设区市",
    "county": "县（市、区）",
    "basin": "流域",
    "river": "河流",
    "lake": "湖库",
    "water_body": "水体",
    "bay": "海湾",
    "zone": "功能区",
    "park": "园区",
    "section": "断面",
    "station": "监测站",
    "point": "点位",
    "site": "地块",
    "unit": "单位",
    "firm": "企业",
}
COMPARISONS_ZH = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<"}
BETTER_ZH = {"lower": "越低越好", "higher": "越高越好", "none": "无好坏方向"}
AVERAGING_ZH = {"annual": "年均", "24h": "24小时平均", "daily_max_8h": "日最大8小时平均", "1h": "1小时平均"}
# Code of a `null_reason` → words; every code that dbt's models write stands here (a test reads them).
REASONS: dict[str, str] = {
    **EFFORT_REASONS,
    "not_assessable": "不可评价",
    "too_few_days": "有效天数不足",
    "too_few_hours": "有效小时数不足",
    "too_few_background_hours": "本底小时数不足",
    "too_few_cycles": "有效监测周期不足",
    "too_few_windows": "当日臭氧8小时滑动平均的有效时段不足",
    "too_few_months": "有数据的月份不足",
    "too_few_points": "有效监测点位不足",
    "too_few_surveys": "有效调查不足",
    "too_few_items": "有效监测项目不足",
    "too_few_cities": "有值的设区市不足",
    "missing_pollutants": "污染物缺项且其余分指数均不大于100，按标准不发布AQI",
    "missing_items": "监测项目不齐",
    "items_missing": "监测项目不齐",
    "input_missing": "缺少计算所需的输入",
    "components_missing": "缺少分指标",
    "months_missing": "月份不齐",
    "cities_missing": "设区市不齐",
    "counties_missing": "县（市、区）不齐",
    "members_missing": "下级区域不齐",
    "fewer_than_5_sections": "断面少于5个，不作比例变化的评价",
    "no_data": "没有数据",
    "no_records": "没有记录",
    "no_value": "没有有效值",
    "no_values": "没有数值",
    "no_valid_input": "没有有效的输入",
    "no_valid_season": "没有连续六个有效月份",
    "all_days_dusty": "有效天均受沙尘影响，剔除后无剩余",
    "no_days": "没有已知的天",
    "no_station": "没有应测的监测站",
    "no_stations": "没有自动监测站",
    "no_points": "没有应测的点位",
    "no_sections": "名录中没有断面",
    "no_readings": "没有读数",
    "no_reading": "没有用电读数",
    "no_reading_of_the_machines": "没有IT设备用电读数",
    "no_faults": "没有可统计的故障",
    "no_orders": "没有工单",
    "no_systems": "系统清单为空",
    "no_section_assessed": "没有参评断面",
    "no_section_with_target": "没有设目标的断面",
    "no_water_judged": "没有可评价的水体",
    "no_source_judged": "没有可评价的水源地",
    "no_sample_judged": "没有可评价的样品",
    "no_grade": "本期或上期没有水质评价",
    "no_index": "本期或上期没有水质指数",
    "no_class_now": "本期没有水质类别",
    "no_class_before": "上期没有水质类别",
    "class_ii_or_better_in_both_periods": "两期水质均达到或优于Ⅱ类，不参加变化排名",
    "no_target": "未设目标",
    "rivers_have_no_limit": "标准对河流未设该项限值",
    "no_cloudless_image": "没有无云影像",
    "station_not_in_operation": "监测站未投运，不参加统计",
    "no_rating": "没有适宜度评级",
    "no_credible_mass": "没有可信的称重记录",
    "no_clean_blank": "检出均无合格空白对照",
    "no_length_reported": "未报巡护里程",
    "no_problem_found": "期内巡护未发现问题",
    "larger_than_the_area": "分子大于总面积，来源口径不一",
    "no_area": "国土调查缺县，面积不全",
    "no_population": "缺少常住人口",
    "no_unit_valued": "没有有价值的单元",
    "no_quantity_reported": "未报实物量",
    "no_price_reported": "未报成交价",
    "no_value_reported": "未报价值量",
    "no_base_price": "有科目缺少基年单价",
    "no_building_completed": "期内没有竣工厂房",
    "no_trade": "没有成交",
    "no_price": "没有价格",
    "no_emissions": "核查排放量为零",
    "no_deposits": "没有存证",
    "no_limit": "许可排放量为零",
    "not_reported": "台账和报送均无数值",
    "period_not_covered": "本时段的数据未报齐",
    "zero_base": "分母为0，无法计算",
    "zero_before": "上年同期为0，无法计算变化率",
    "no_value_now": "本期无值",
    "no_value_before": "上年同期无值",
    "not_published": "本指标不按该层级或该时段发布",
    "no_period_before": "本发布没有上年同期的数值",
}
# What a code counts, as it stands behind it (`code: 3 of 5`); English asides there say no more than the code.
REASON_COUNTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"too_few_days: (\d+) of (\d+), (\d+) of (\d+) months complete", "{}/{} 天有效，{}/{} 个月达到月有效天数要求"),
        (r"too_few_days: (\d+) of (\d+), (\d+) of (\d+) quarters", "{}/{} 天有效，{}/{} 个季度有效"),
        (r"too_few_days: (\d+) of (\d+) pollutants assessable", "可评价的污染物 {}/{} 项"),
        (r"too_few_surveys: (\d+) of (\d+), (\d+) of (\d+) points", "{}/{} 次调查有效，{}/{} 个点位有效"),
        (r"too_few_background_hours: (\d+) months complete", "{} 个月达到要求"),
        (r"cities_missing: (\d+) of (\d+)", "{}/{} 个市有值"),
        (r"counties_missing: (\d+) of (\d+)", "{}/{} 个县有值"),
        (r"(?:months_missing|too_few_months): (\d+) of (\d+)", "{}/{} 个月"),
        (r"too_few_hours: (\d+) of (\d+)", "{}/{} 小时"),
        (r"\w+: (\d+) of (\d+)(?: \w+)*", "{}/{}"),
    )
)


@dataclass(frozen=True)
class Change:
    """A change in words: arrow, what happened, whether that is good."""

    arrow: str
    words: str
    verdict: str
    tone: Tone


def reason_words(reason: str | None) -> str:
    """Why there is no number, with what was counted. A code without words is shown as it is, never hidden."""
    if not reason:
        return "未说明原因"
    code, _, detail = reason.partition(": ")
    if code not in REASONS:
        return f"原因代码 {reason}"
    if detail.partition(": ")[0] in REASONS:
        return f"{REASONS[code]}：{reason_words(detail)}"
    for pattern, words in REASON_COUNTS:
        if found := pattern.fullmatch(reason):
            return f"{REASONS[code]}：{words.format(*found.groups())}"
    return REASONS[code]


def number(value: Decimal | None, decimals: int) -> str:
    """A published value with its card's decimals. It was rounded upstream (GB/T 8170); nothing is lost here."""
    return "—" if value is None else f"{value:,.{decimals}f}".replace("-", MINUS)


def shown(figure: Figure) -> tuple[str, str]:
    """How a present value is written: (number or word, unit)."""
    card = figure.card
    if card.code == "air_primary_pollutant":
        return pollutants_words(figure.text), ""
    if card.unit_zh.startswith("是否"):
        return _yes_or_no(figure)
    unit = "" if card.unit_zh == "无量纲" else card.unit_zh
    with_text = figure.text and (card.theme != "air" or card.code in AIR_WITH_TEXT)
    return number(figure.value, card.decimals), f"{unit} {figure.text}".strip() if with_text else unit


def _yes_or_no(figure: Figure) -> tuple[str, str]:
    """A judgement in a word; of a province, how many of its cities it holds for."""
    attains = "达标" if "达标" in figure.card.name_zh else ""
    if figure.region.level == "province":
        return number(figure.value, 0), f"个市{attains}"
    yes, no = ("达标", "未达标") if attains else ("是", "否")
    return (yes if figure.value == 1 else no), ""


# A text beside a number says the same in words (Ⅲ类, 优 …); of the air's, only these do, others list codes.
AIR_WITH_TEXT = ("air_aqi", "air_aqi_level")


def value_words(figure: Figure) -> str:
    """Number with unit, or why there is none."""
    if figure.value is None:
        return f"暂无有效值（{reason_words(figure.null_reason)}）"
    written, unit = shown(figure)
    return f"{written}%" if unit == "%" else f"{written} {unit}".strip()


def unit_suffix(card: Card) -> str:
    """Unit as written behind a number; a number without dimension has none."""
    return {"无量纲": "", "%": "%", "百分点": " 个百分点"}.get(card.unit_zh, f" {card.unit_zh}")


def change_words(change: Figure, better: str) -> Change:
    """A same-period change as arrow, words and verdict; ``better`` is the card's good direction."""
    if change.value is None:
        return Change("", reason_words(change.null_reason), "", "neutral")
    if change.value == 0:
        return Change("＝", "持平", "", "neutral")
    up = change.value > 0
    counted = change.card.unit_zh == "天"
    verb = ("增加" if up else "减少") if counted else ("上升" if up else "下降")
    size = f"{number(abs(change.value), change.card.decimals)}{unit_suffix(change.card)}"
    good = {"lower": not up, "higher": up}.get(better)
    tone: Tone = "neutral" if good is None else "good" if good else "bad"
    return Change("▲" if up else "▼", f"{verb} {size}", {"good": "好转", "bad": "变差", "neutral": ""}[tone], tone)


def limit_words(figure: Figure, limit: Limit) -> str:
    """The limit, and how the value stands to it; annual limits judge years only."""
    name = f"二级{AVERAGING_ZH[limit.averaging]}限值 {limit.text}"
    if figure.value is None:
        return name
    over = (figure.value - limit.value) / limit.value * 100
    if over > 0:
        stand = f"超出 {over:.0f}%"
    elif over < 0:
        stand = f"低于限值 {-over:.0f}%"
    else:
        stand = "与限值相等"
    suffix = "" if figure.period.type in ("year", "day") else "（按年评价，供对照）"
    return f"{name}，{stand}{suffix}"


def level_words(level: str) -> str:
    """What a region level is called; one without a name keeps its code."""
    return LEVELS_ZH.get(level, level)


def target_words(figure: Figure, target: Target) -> str:
    """A target of the plan, and how far the value is from it where both count in one unit."""
    when = f"{target.year}年" if target.year else "未定年份"
    text = f"{target.value.normalize():f}"
    name = f"试点目标（{when}）{COMPARISONS_ZH.get(target.comparison, target.comparison)} {text}"
    if figure.value is None or target.unit != figure.card.unit:
        return f"{name}：{target.zh}"
    lacking = {">=": target.value - figure.value, "<=": figure.value - target.value}.get(target.comparison)
    if lacking is None:
        lacking = abs(target.value - figure.value)
    if lacking <= 0:
        return f"{name}，已达到"
    return f"{name}，差 {number(lacking, figure.card.decimals)}{unit_suffix(figure.card)}"


def coverage_words(figure: Figure) -> str:
    """Share of the inputs that the standard asks for."""
    return "覆盖率 —" if figure.coverage is None else f"覆盖率 {figure.coverage * 100:.1f}%"


def status_words(status: str | None) -> str:
    """The status of a number."""
    return STATUS_ZH.get(status or "", status or "无状态")


def statuses_words(figures: Iterable[Figure]) -> str:
    """The statuses of many numbers: one word, or how many there are of each."""
    counted = Counter(status_words(figure.status) for figure in figures if figure.value is not None)
    if len(counted) <= 1:
        return next(iter(counted), "无有效值")
    return "、".join(f"{status} {n} 个" for status, n in counted.most_common())


def pollutants_words(codes: str | None) -> str:
    """``PM2.5,O3`` → ``PM2.5、臭氧``."""
    if not codes:
        return "无"
    return "、".join(POLLUTANTS_ZH.get(code, code) for code in codes.split(","))


def instant_words(at: datetime) -> str:
    """An instant on the province's clock."""
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def lag_words(lag: timedelta) -> str:
    """A span in the largest unit that reads well."""
    hours = int(lag.total_seconds() // 3600)
    if hours < 1:
        return "不到1小时"
    return f"{hours} 小时" if hours < 48 else f"{hours // 24} 天"


def base_code(code: str) -> str:
    """The indicator that a change belongs to."""
    return code.removesuffix(CHANGE)
