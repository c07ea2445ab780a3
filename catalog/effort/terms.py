"""Terms of the evaluation by effort: names of pollutants, variables, settings and tests, words of grades and reasons.

Tables only, in Chinese with the English that the command line sets beside it. Does not belong here: sentences
(``effort_wording``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from catalog.effort.reading import ALL, NOT_ASSESSABLE


@dataclass(frozen=True)
class Said:
    """What is said of a state in both languages, and whether that is good."""

    zh: str
    en: str
    tone: Literal["good", "bad", "neutral"]


@dataclass(frozen=True)
class Named:
    """A name in both languages, with its unit where it has one."""

    zh: str
    en: str
    unit: str = ""


GRADE: Mapping[str, Said] = {
    "improved": Said("明显下降", "improved", "good"),
    "no_evidence": Said("未见证据", "no evidence", "neutral"),
    "worsened": Said("上升", "worsened", "bad"),
    NOT_ASSESSABLE: Said("不可评价", "not assessable", "neutral"),
}
MEANING_ZH: Mapping[str, str] = {
    "improved": "区间整体低于零，有证据表明努力使浓度下降",
    "no_evidence": "区间含零，或离零不到方法的分辨率，看不出努力的作用；这不等于没有努力",
    "worsened": "区间整体高于零，扣除天气后浓度仍上升",
    NOT_ASSESSABLE: "数据或模型达不到要求，不给数字，只说原因",
}
# Reason of `evaluation.series` → words; a test holds the two together.
REASONS: Mapping[str, str] = {
    "no_values": "没有数值",
    "duplicated_times": "同一时刻有多个数值",
    "constant_series": "数值始终不变",
    "not_positive": "有不为正的数值，不能取对数",
    "too_many_gaps": "缺测过多",
    "too_short": "记录过短",
    "no_weather": "没有气象数据",
    "baseline_incomplete": "基准期数据不全",
    "evaluation_incomplete": "评价期数据不全",
    "skill_too_low": "模型检验效率过低，分不清天气与噪声",
    "weather_outside_pool": "评价期天气超出参考气象范围",
}
# The measured fact behind a reason, as the evaluation writes it; one without words is shown as it is, never hidden.
DETAILS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"(\d+) times occur more than once, first (.+)", "{} 个时刻重复，最早为 {}"),
        (r"(\d+) days have two flows, first (.+)", "{} 天有两个流量，最早为 {}"),
        (r"the series has no value", "序列没有数值"),
        (r"the flow record has no value", "流量记录没有数值"),
        (r"there is no sample", "没有样品"),
        (r"all (\d+) (?:uncensored samples|values) are (\S+)(?: mg/l)?", "{} 个值均为 {}"),
        (r"(\d+) of (\d+) values are zero, negative or infinite", "{1} 个值中 {0} 个为零、负或无穷大"),
        (r"(\d+) of (\d+) samples have a bound that is zero or negative", "{1} 个样品中 {0} 个为零或负"),
        (r"flow is negative on (\d+) days", "{} 天流量为负"),
        (r"flow is zero on every day", "每天流量均为零"),
        (r"(\w+) is missing on all (\d+) steps with a value", "{variable}在全部 {1} 个有值时刻均缺测"),
        (r"(\d+) months of record; (\d+) are needed", "记录 {} 个月，需 {} 个月"),
        (r"(\d+) months with values; (\d+) are needed", "{} 个月有数值，需 {} 个月"),
        (r"samples span (\S+) years of (\S+) needed", "样品跨 {} 年，需 {} 年"),
        (r"flow from (\S+) to (\S+) holds (\d+) whole years of 2 needed", "{} 至 {} 的流量只有 {} 个整年，需 2 年"),
        (r"(\d+) samples on days with flow, at least (\d+) are needed", "有流量的样品 {} 个，至少需 {} 个"),
        (r"(\d+) of them uncensored, at least (\d+) are needed", "检出的样品 {} 个，至少需 {} 个"),
        (r"(\d+) values of (\d+) steps; (\S+) are needed", "应有 {1} 个值，实有 {0} 个，需达 {2}"),
        (
            r"(\d+) of (\d+) months of .+ hold (\S+) of the values",
            "评价期 {1} 个月中只有 {0} 个月的有效数值达到 {2}",
        ),
        (
            r"(\d+) of (\d+) calendar months are complete in the baseline .+",
            "对应的 {1} 个月中基准期只有 {0} 个月完整",
        ),
        (r"(\S+) of the values of .+ have weather", "评价期只有 {} 的数值有气象数据"),
        (r"(\S+) of the values of .+ lie outside the pool's weather", "评价期 {} 的数值超出参考气象范围"),
        (r"the pool holds no weather of calendar months (.+)", "参考气象缺 {} 月"),
        (
            r"the weather explains (\S+) of the variance within months that the model has not seen; (\S+) is needed",
            "留出整月检验，天气解释了方差的 {}，至少需 {}",
        ),
        (
            r"time, flow and season explain (\S+) of the variance of samples left out; (\S+) is needed",
            "逐个留出检验，时间、流量、季节解释了方差的 {}，至少需 {}",
        ),
        (
            r"members with (\S+) of the weight can be assessed; (\S+) are needed",
            "可评价的污染物只占权重的 {}，至少需 {}",
        ),
        (r"no result with samples of its own in (.+)", "{} 年没有样品"),
        (r"nothing is known after this period yet", "该时段之后尚无数据"),
        (r"a step at (\S+) needs six months on each side, has (\d+) and (\d+)", "{} 前后各需六个月，实有 {} 和 {}"),
    )
)
ITEMS: Mapping[str, Named] = {
    ALL: Named("六项综合", "all six pollutants"),
    "pm25": Named("PM2.5", "PM2.5"),
    "pm10": Named("PM10", "PM10"),
    "o3": Named("臭氧", "O3"),
    "no2": Named("二氧化氮", "NO2"),
    "so2": Named("二氧化硫", "SO2"),
    "co": Named("一氧化碳", "CO"),
    "codmn": Named("高锰酸盐指数", "permanganate index"),
    "nh3n": Named("氨氮", "ammonia nitrogen"),
    "tp": Named("总磷", "total phosphorus"),
    "tn": Named("总氮", "total nitrogen"),
}
QUANTITIES: Mapping[str, Named] = {
    "concentration": Named("浓度", "concentration"),
    "flux": Named("通量", "flux", "千克/日"),
}
UNITS_ZH = {"ug/m3": "微克/立方米", "mg/m3": "毫克/立方米", "mg/L": "毫克/升"}
THEMES: Mapping[str, Named] = {"air": Named("大气", "air"), "water": Named("水", "water")}
LUCK: Mapping[str, Named] = {"air": Named("天气", "weather"), "water": Named("流量", "flow")}
PLACES: Mapping[str, Named] = {"air": Named("市", "cities"), "water": Named("个断面", "sections")}
METHODS_ZH = {
    "backfit": "逐月水平与分块交叉拟合的梯度提升天气效应交替拟合（对数）",
    "wrtds": "按时间、流量、季节加权的回归（WRTDS），对流量归一",
}
CAVEATS_ZH = {
    "secondary_pollutant": "臭氧和 PM2.5 含二次生成，对排放的响应不成比例：归一化浓度的变化不等于排放的变化。",
}
CAVEATS_EN = {
    "secondary_pollutant": "O3 and PM2.5 are partly secondary: normalised concentration is not emissions",
}
LEGAL_ZH = {True: "达标", False: "不达标", None: "无判定"}
LEGAL_EN = {True: "met", False: "not met", None: "not judged"}
NEVER_REPLACED = "努力评价不替代法定达标结果。"
NEVER_REPLACED_EN = "the legal result is never replaced by effort"
# `x` on the axis of a curve, `importance` and `predictors` of a card.
VARIABLES: Mapping[str, Named] = {
    "temperature_mean_degc": Named("日平均气温", "temperature", "℃"),
    "humidity_mean_pct": Named("日平均相对湿度", "humidity", "%"),
    "wind_speed_mean_m_s": Named("日平均风速", "wind speed", "米/秒"),
    "wind_direction_max_deg": Named("最大风速的风向", "wind direction", "度"),
    "sunshine_h": Named("日照时数", "sunshine", "小时"),
    "precipitation_mm": Named("日降水量", "precipitation", "毫米"),
    "pressure_mean_hpa": Named("日平均气压", "pressure", "百帕"),
    "day_julian": Named("年内日序", "day of year", "日"),
    "weekday": Named("星期（1＝周一）", "weekday"),
    "hour": Named("钟点", "hour", "时"),
}
# Variables of the calendar: part of the model, not of the weather.
CALENDAR = ("day_julian", "weekday", "hour", "date_unix")
SETTINGS_ZH: Mapping[str, str] = {
    "method": "方法",
    "unit": "单位",
    "first": "记录起",
    "last": "记录止",
    "values": "有值天数",
    "predictors": "自变量",
    "pool": "参考气象",
    "pool_digest": "参考气象指纹",
    "pool_rows": "参考气象天数",
    "min_months": "记录至少（月）",
    "step_share": "有值比例至少",
    "month_share": "可比月份比例至少",
    "weather_share": "有气象数据的比例至少",
    "skill": "整月留出检验效率至少",
    "outside_pool": "超出参考气象的比例至多",
    "confidence": "区间置信度",
    "resolution": "方法分辨率（对数，小于它不下结论）",
    "replicates": "自助重复次数",
    "block_days": "自助块长（天）",
    "seed": "随机种子",
    "noise": "误差抽样",
    "backfit_rounds": "树的棵数",
    "backfit_leaves": "每棵树叶数",
    "backfit_learning_rate": "学习率",
    "backfit_rows_per_leaf": "每叶至少天数",
    "backfit_bins": "分箱数",
    "backfit_folds": "交叉拟合折数",
    "backfit_seed": "折的种子",
    "window_years": "时间窗半宽（年）",
    "window_log_flow": "流量窗半宽（ln）",
    "window_season": "季节窗半宽（年）",
    "min_samples": "每次回归样品至少",
    "min_uncensored": "其中检出至少",
    "edge_adjust": "记录两端保持窗宽",
    "period_start": "分析期首月",
    "period_months": "分析期月数",
    "min_share_of_days": "每年有估计的天数比例至少",
    "year_fraction": "小数年算法",
    "samples": "样品数",
}
SKILL: Mapping[str, Named] = {
    "blocked_nse": Named("整月留出（可信）", "blocked"),
    "random_nse": Named("随机留出（偏乐观）", "random"),
    "residual_sd_log": Named("残差标准差（对数）", "residual sd (log)"),
    "loo_nse_log_concentration": Named("逐个留出：浓度", "leave-one-out, concentration"),
    "loo_nse_log_flux": Named("逐个留出：通量", "leave-one-out, flux"),
    "flux_bias": Named("通量偏差", "flux bias"),
}
WARNINGS_ZH = {
    "random_flatters": "随机留出的检验效率明显高于整月留出：模型记住的是日子，不是天气",
    "wind_does_not_dilute": "风速由小到大时效应不下降：臭氧由光化学生成，可能属正常；其他污染物须先查数据",
    "skill_low": "模型解释的方差不到一半",
    "weather_outside_pool": "评价期有较多日子的天气超出参考气象",
}
TESTS: Mapping[str, Named] = {
    "placebo_date": Named("安慰剂日期", "placebo dates"),
    "placebo_station": Named("对照地", "control place"),
    "truncation": Named("截断回测", "truncation"),
}
IDENTITY = "百分比由对数换算：（1＋努力）×（1＋{luck}）－1＝总变化，不是简单相加；取对数时两部分之和恰为总变化。"
