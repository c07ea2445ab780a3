"""Sentences of the evaluation by effort: its conclusion, the split of a change, why there is none, what a test found.

Pure functions from published facts to Chinese text, the split in English too for the command line. Imports no page
library. Does not belong here: judging (``evaluation.score``), single terms (``effort_terms``), HTML, reading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from math import expm1
from typing import Literal

from catalog.effort.reading import ALL, GRADES, Backtest, Edition, Part, Score, Split
from catalog.effort.terms import (
    CAVEATS_ZH,
    DETAILS,
    GRADE,
    ITEMS,
    LEGAL_ZH,
    LUCK,
    METHODS_ZH,
    NEVER_REPLACED,
    PLACES,
    QUANTITIES,
    REASONS,
    SETTINGS_ZH,
    UNITS_ZH,
    VARIABLES,
    Named,
    Said,
)

MINUS = "−"
TENTH = Decimal("0.1")


def item(code: str, language: Literal["zh", "en"] = "zh") -> str:
    """Name of a pollutant; of water's with what is evaluated of it. One without a name keeps its code."""
    if code in ITEMS:
        return getattr(ITEMS[code], language)  # type: ignore[no-any-return]
    base, _, quantity = code.rpartition("_")
    if base in ITEMS and quantity in QUANTITIES:
        gap = "" if language == "zh" else " "
        return f"{getattr(ITEMS[base], language)}{gap}{getattr(QUANTITIES[quantity], language)}"
    return code


def unit(code: str, units: Mapping[str, str]) -> str:
    """Unit of a pollutant's values in Chinese; ``units`` as the edition has them. All together has none."""
    base, _, quantity = code.rpartition("_")
    if quantity in QUANTITIES and QUANTITIES[quantity].unit:
        return QUANTITIES[quantity].unit
    given = units.get(code) or units.get(base, "")
    return UNITS_ZH.get(given, given)


def grade(code: str) -> Said:
    """A grade; one without words keeps its code."""
    return GRADE.get(code, Said(code, code, "neutral"))


def reason(code: str | None, detail: str | None) -> str:
    """Why there is no number, with what was measured; what has no words is shown as it was written."""
    said = REASONS.get(code or "", f"原因代码 {code}" if code else "未说明原因")
    return f"{said}：{fact(detail)}" if detail else said


def fact(detail: str) -> str:
    """The measured fact in Chinese; ``too_short: …`` in front of it, as tests write it, is put in words as well."""
    head, _, rest = detail.partition(": ")
    if head in REASONS and rest:
        return reason(head, rest)
    for pattern, words in DETAILS:
        if found := pattern.fullmatch(detail):
            first = found.groups()[0] if found.groups() else ""
            return words.format(*found.groups(), variable=variable(first).zh)
    return detail


def variable(code: str) -> Named:
    """A variable of the model; one without words keeps its code."""
    return VARIABLES.get(code, Named(code, code))


def percent(pct: Decimal) -> str:
    """A change with one decimal and its sign, half to even as published; what rounds to nothing has none."""
    rounded = pct.quantize(TENTH, ROUND_HALF_EVEN)
    sign = "" if rounded == 0 else "+" if rounded > 0 else MINUS
    return f"{sign}{abs(rounded)}%"


def figure(value: float, decimals: int = 2) -> str:
    """A figure without dimension; what rounds to nothing has no sign."""
    shown = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{shown}" if value < 0 and float(shown) else shown


def of_log(log: float) -> str:
    """A change given as a logarithm, in percent."""
    return percent(Decimal(repr(100 * expm1(log))))


def interval(part: Part) -> str:
    """``−11.1% 至 +1.9%``; empty where there is none."""
    if part.lower is None or part.upper is None:
        return ""
    return f"{percent(part.lower)} 至 {percent(part.upper)}"


def level(confidence: float | Decimal) -> str:
    """``90%``."""
    return f"{float(confidence):.0%}"


def base_period(score: Score | Edition) -> str:
    """The baseline in words: ``2025年``, or its first and last year."""
    first, last = score.baseline_start.year, score.baseline_end.year
    return f"{first}年" if first == last else f"{first}—{last}年"


def period(score: Score) -> str:
    """The months compared: ``2026年1—10月``."""
    year = f"{score.year}年"
    if score.period_type == "year":
        return f"{year}全年"
    first, last = score.period_start.month, score.period_end.month
    return f"{year}{first}月" if first == last else f"{year}{first}—{last}月"


def conclusion(scored: Sequence[Score]) -> str:
    """The first sentence: how many places there are of each grade; ``**`` marks what matters."""
    if not scored:
        return "没有评价结果。"
    first = scored[0]
    each = PLACES.get(first.theme, Named("个", "")).zh
    counts = Counter(score.grade for score in scored)
    words = {"improved": "努力使浓度明显下降", **{code: GRADE[code].zh for code in GRADES[1:]}}
    told = "，".join(f"{words[code]} **{counts.get(code, 0)}** {each}" for code in GRADES)
    return f"与{base_period(first)}同期相比，{period(first)}全省 {len(scored)} {each}（{item(first.item)}）：{told}。"


def split(score: Score) -> str:
    """The split of a change in one sentence, or why there is none."""
    name = item(score.item)
    if score.split is None:
        return f"{name}：不可评价。{reason(score.reason, score.detail)}。"
    parts: Split = score.split
    luck = LUCK[score.theme].zh
    span = interval(parts.effort)
    within = f"（{level(parts.confidence)}区间 {span}）" if span else ""
    return (
        f"{name}比基准同期 {percent(parts.total.pct)}，其中努力 {percent(parts.effort.pct)}{within}，"
        f"{luck} {percent(parts.luck.pct)}。"
    )


def split_en(score: Score) -> str:
    """The same in English."""
    name = item(score.item, "en")
    if score.split is None:
        return f"{name}: not assessable. {(score.reason or 'no reason given').replace('_', ' ')}: {score.detail or ''}"
    parts, luck = score.split, LUCK[score.theme].en
    span = interval(parts.effort).replace("至", "to")
    within = f" ({level(parts.confidence)} interval {span})" if span else ""
    return (
        f"{name}: {percent(parts.total.pct)} against the same months of the baseline: effort "
        f"{percent(parts.effort.pct)}{within}, {luck} {percent(parts.luck.pct)}"
    )


def corner(score: Score) -> str:
    """In which corner of effort × weather a place stands, by its point; the interval decides what is evidence."""
    if score.split is None:
        return ""
    luck = LUCK[score.theme].zh
    if score.split.effort_log < 0:
        return f"努力且{luck}帮忙" if score.split.luck_log < 0 else f"努力而{luck}不利"
    return f"{luck}帮忙，未见努力" if score.split.luck_log < 0 else f"{luck}不利，未见努力"


def legal(score: Score) -> str:
    """The legal result of the same period, and that it stands."""
    if score.theme != "air":
        return f"断面的法定水质评价见“浙里碧水”。{NEVER_REPLACED}"
    what = "各项污染物" if score.item == ALL else item(score.item)
    if score.is_legal_limit_met is None:
        return f"{period(score)}没有{what}的法定达标判定。{NEVER_REPLACED}"
    return (
        f"法定评价（GB 3095 二级限值，{period(score)}，{what}）：{LEGAL_ZH[score.is_legal_limit_met]}。{NEVER_REPLACED}"
    )


def caveat(code: str | None) -> str:
    """What a reader must know of a pollutant; empty where nothing."""
    return "" if not code else CAVEATS_ZH.get(code, code)


def setting(name: str, text: str) -> tuple[str, str]:
    """A setting in words; names and values without words stay as they are."""
    if name == "predictors":
        text = "、".join(variable(code).zh for code in text.split(", "))
    elif name == "method":
        text = METHODS_ZH.get(text, text)
    elif name == "unit":
        text = UNITS_ZH.get(text, text)
    elif text in ("True", "False"):
        text = "是" if text == "True" else "否"
    return SETTINGS_ZH.get(name, name), text


def day(on: date) -> str:
    """A day in Chinese."""
    return f"{on.year}年{on.month}月{on.day}日"


def placebo_summary(tests: Iterable[Backtest], confidence: float | Decimal) -> str:
    """How many of the dates without a measure passed, and how many would fail by chance."""
    made = [test for test in tests if test.kind == "placebo_date" and test.passed is not None]
    if not made:
        return "安慰剂日期：没有可做的检验。"
    passed = sum(bool(test.passed) for test in made)
    chance = 1 - float(confidence)
    return (
        f"安慰剂日期：在没有已知措施的 {len(made)} 个日期上找“突变”，{passed} 个通过（区间含零）。"
        f"即使方法完全正确，也会有约 {chance:.0%}（{len(made) * chance:.1f} 个）因偶然不通过。"
    )


def finding(test: Backtest, names: Mapping[str, str]) -> str:
    """What a test found; ``names``: place code → name, for the control place."""
    if test.effort_log is None:
        return f"未能检验：{_undone(test)}"
    span = ""
    if test.lower_log is not None and test.upper_log is not None:
        span = f"（{of_log(test.lower_log)} 至 {of_log(test.upper_log)}）"
    if test.kind == "placebo_date":
        return f"突变 {of_log(test.effort_log)}{span}"
    if test.kind == "placebo_station":
        place = place_of(test.name, names)
        moved = "" if test.moved_log is None else f"；本地减去{place}为 {of_log(test.moved_log)}"
        return f"{place}同期努力 {of_log(test.effort_log)}{span}{moved}"
    moved = "" if test.moved_log is None else f"，新数据到后移动 {of_log(test.moved_log)}"
    return f"当时的努力 {of_log(test.effort_log)}{moved}；今日区间 {span.strip('（）')}"


def _undone(test: Backtest) -> str:
    """Why a test could not be made; a control's series key in front of its reason is left away."""
    detail = test.detail or ""
    if test.kind == "placebo_station" and detail.startswith(f"{test.name}: "):
        detail = detail.removeprefix(f"{test.name}: ")
    return fact(detail) if detail else "未说明原因"


def tested(test: Backtest, names: Mapping[str, str]) -> str:
    """What was tested: a date, a place, or the day on which the score would have been known."""
    if test.kind == "placebo_station":
        return place_of(test.name, names)
    if found := re.fullmatch(r"(?:known on )?(\d{4})-(\d\d)-(\d\d)", test.name):
        on = day(date(*map(int, found.groups())))
        return f"按{on}前的数据" if test.kind == "truncation" else on
    return test.name


def place_of(series_key: str, names: Mapping[str, str]) -> str:
    """The place of a series by name; one without a name keeps its code."""
    parts = series_key.split("/")
    return names.get(parts[1], parts[1]) if len(parts) > 1 else series_key


def verdict(test: Backtest) -> Said:
    """Whether a test was passed."""
    if test.passed is None:
        return Said("未检验", "not made", "neutral")
    return Said("通过", "passed", "good") if test.passed else Said("未通过", "failed", "bad")
