"""Words: a missing number says why, a change says whether it is good, a number keeps its card's decimals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from streamlit_app import wording
from streamlit_app.figures import Figure
from streamlit_app.periods import Period, month_period
from streamlit_app.places import Region
from streamlit_app.rules import Limit

DBT = Path(__file__).resolve().parents[3] / "dbt_project"
MARCH = month_period(2026, 3)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "too_few_days: 25 of 31, 0 of 1 months complete",
            "有效天数不足：25/31 天有效，0/1 个月达到月有效天数要求",
        ),
        ("too_few_days: 4 of 6 pollutants assessable", "有效天数不足：可评价的污染物 4/6 项"),
        ("too_few_days: 300 of 365, 3 of 4 quarters", "有效天数不足：300/365 天有效，3/4 个季度有效"),
        ("too_few_hours: 12 of 24", "有效小时数不足：12/24 小时"),
        ("cities_missing: 9 of 11", "设区市不齐：9/11 个市有值"),
        ("months_missing: 2 of 12", "月份不齐：2/12 个月"),
        ("no_trade: nothing was traded in the period", "没有成交"),
        ("too_few_hours", "有效小时数不足"),
        ("too_few_windows", "当日臭氧8小时滑动平均的有效时段不足"),
        ("too_few_points", "有效监测点位不足"),
        ("missing_pollutants", "污染物缺项且其余分指数均不大于100，按标准不发布AQI"),
        ("zero_before", "上年同期为0，无法计算变化率"),
        ("no_value_before: cities_missing: 0 of 11", "上年同期无值：设区市不齐：0/11 个市有值"),
        ("no_value_now: too_few_days: 0 of 6 pollutants assessable", "本期无值：有效天数不足：可评价的污染物 0/6 项"),
        ("not_published", "本指标不按该层级或该时段发布"),
        ("no_period_before", "本发布没有上年同期的数值"),
        ("sensor_on_fire", "原因代码 sensor_on_fire"),
        (None, "未说明原因"),
    ],
)
def test_a_reason_code_becomes_words(reason: str | None, words: str) -> None:
    assert wording.reason_words(reason) == words


def test_every_reason_that_dbt_writes_has_words() -> None:
    written = {code for path in DBT.glob("m*/**/*.sql") for code in reason_codes(path.read_text(encoding="utf-8"))}
    assert written >= {
        *("too_few_days", "cities_missing", "months_missing", "no_valid_season", "all_days_dusty", "no_data"),
        *("no_value_before", "zero_before", "not_reported", "no_trade", "missing_pollutants"),
    }, "from macros, arguments, variables and columns"
    assert written - set(wording.REASONS) == set(), "add words for them to streamlit_app/wording.py: REASONS"


def test_reason_codes_are_found_wherever_a_model_puts_them() -> None:
    model = """
        {% set short = "case when n = 0 then 'no_a' else 'few_b: ' || n end" %}
        {% for text, reason in [('x_y', "case when v is null then null_reason else 'no_c' end")] %}
        select place in ('not_this') as kept, case when kind = 'nor_this' then 'no_d' else 'no_e' end as null_reason
        {{ rows('nor_that', null_reason=short, text='nor_text') }} {{ measure('code_f', reason="'no_g'", where='a_b') }}
        {{ rows(null_reason='null_reason', verified='is_verified') }} {{ members_missing('towns') }}"""
    assert reason_codes(model) == {"no_a", "few_b", "no_c", "no_d", "no_e", "no_g", "towns_missing"}


CODE = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+"
# What is compared or listed is no reason; nor is the name of the column that holds one.
LITERAL = re.compile(rf"(?<![=<>(,] )(?<!\()'(?!\w*reason'){CODE}'")
ARGUMENT = re.compile(r"\b(?:null_)?reason=(.*?)(?=,\s*\w+=|\)\s*\}\}|\Z)", re.DOTALL)
VARIABLE = re.compile(r"\{%-?\s*set (\w+) = (.*?)%\}", re.DOTALL)
PASSED_ON = re.compile(r'"case [^"]*null_reason[^"]*"')
COLUMN = re.compile(r"\bcase\b(?:(?!\bcase\b|\bas\b).)*\bend as \w*reason\b|'[^']*'[^'\n]*as \w*reason\b", re.DOTALL)
MEMBERS = re.compile(r"members_missing\('(\w+)'\)")


def reason_codes(model: str) -> set[str]:
    """Codes in a model or macro: outright (`'code: '`), or in an argument, variable or column that holds reasons."""
    given = ARGUMENT.findall(model)
    named = set(re.findall(r"\w+", " ".join(given)))
    given += [text for name, text in VARIABLE.findall(model) if name in named]
    given += PASSED_ON.findall(model) + COLUMN.findall(model)
    bare = {found.strip("'") for text in given for found in LITERAL.findall(text)}
    return bare | set(re.findall(rf"'({CODE}): ", model)) | {f"{name}_missing" for name in MEMBERS.findall(model)}


@pytest.mark.parametrize(
    ("value", "better", "expected"),
    [
        ("-7.7", "lower", wording.Change("▼", "下降 7.7%", "好转", "good")),
        ("4.0", "lower", wording.Change("▲", "上升 4.0%", "变差", "bad")),
        ("4.0", "higher", wording.Change("▲", "上升 4.0%", "好转", "good")),
        ("-4.0", "higher", wording.Change("▼", "下降 4.0%", "变差", "bad")),
        ("1.5", "none", wording.Change("▲", "上升 1.5%", "", "neutral")),
        ("0", "lower", wording.Change("＝", "持平", "", "neutral")),
    ],
)
def test_a_change_is_good_or_bad_by_the_card(
    make: Callable[..., Figure], value: str, better: str, expected: wording.Change
) -> None:
    assert wording.change_words(make("air_pm25_mean_yoy", value), better) == expected


def test_a_change_in_points_and_in_days_says_so(make: Callable[..., Figure]) -> None:
    assert wording.change_words(make("air_good_day_ratio_yoy", "3.4"), "higher").words == "上升 3.4 个百分点"
    assert wording.change_words(make("air_heavy_days_yoy", "-2"), "lower").words == "减少 2 天"


def test_an_absent_change_says_why(make: Callable[..., Figure]) -> None:
    absent = make("air_pm25_mean_yoy", None, reason="no_value_before: cities_missing: 0 of 11")
    assert wording.change_words(absent, "lower") == wording.Change(
        "", "上年同期无值：设区市不齐：0/11 个市有值", "", "neutral"
    )


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [("26.0000", 0, "26"), ("3.8400", 2, "3.84"), ("0.9000", 1, "0.9"), ("-4.2000", 1, "−4.2"), ("1234", 0, "1,234")],
)
def test_a_published_value_is_written_with_its_cards_decimals(value: str, decimals: int, text: str) -> None:
    assert wording.number(Decimal(value), decimals) == text


def test_a_null_is_never_blank_and_never_zero(make: Callable[..., Figure]) -> None:
    assert wording.number(None, 1) == "—"
    assert wording.value_words(make("air_pm25_mean", None, reason="too_few_points")) == "暂无有效值（有效监测点位不足）"


@pytest.mark.parametrize(
    ("code", "value", "text", "words"),
    [
        ("air_pm25_mean", "27", None, "27 微克/立方米"),
        ("air_good_day_ratio", "92.9", None, "92.9%"),
        ("air_composite_index", "3.84", None, "3.84"),
        ("air_aqi", "59", "良", "59 良"),
        ("air_primary_pollutant", "2", "PM2.5,O3", "PM2.5、臭氧"),
        ("air_primary_pollutant", "0", None, "无"),
        ("air_attained", "1", None, "达标"),
        ("air_attained", "0", "o3,pm25", "未达标"),
    ],
)
def test_a_value_is_written_as_people_say_it(
    make: Callable[..., Figure], code: str, value: str, text: str | None, words: str
) -> None:
    assert wording.value_words(make(code, value, text=text)) == words


def test_a_province_counts_its_attaining_cities(make: Callable[..., Figure]) -> None:
    province = Region("330000", "province", "浙江省")
    assert wording.value_words(make("air_attained", "8", region=province)) == "8 个市达标"


@pytest.mark.parametrize(
    ("value", "period", "words"),
    [
        ("27", Period("year", MARCH.start.replace(month=1), MARCH.end), "二级年均限值 30，低于限值 10%"),
        ("36", Period("year", MARCH.start.replace(month=1), MARCH.end), "二级年均限值 30，超出 20%"),
        ("30", MARCH, "二级年均限值 30，与限值相等（按年评价，供对照）"),
        (None, MARCH, "二级年均限值 30"),
    ],
)
def test_an_annual_limit_judges_years_only(
    make: Callable[..., Figure], value: str | None, period: Period, words: str
) -> None:
    limit = Limit(Decimal(30), "annual", "GB-3095-2026-transition")
    assert wording.limit_words(make("air_pm25_mean", value, period=period, reason="too_few_points"), limit) == words


def test_the_statuses_of_many_numbers_in_one_phrase(make: Callable[..., Figure]) -> None:
    provisional = make("air_pm25_mean", "27")
    absent = make("air_pm25_mean", None, reason="too_few_points")
    restated = replace(provisional, status="restated")
    assert wording.statuses_words([provisional, provisional, absent]) == "暂定"
    assert wording.statuses_words([provisional, restated, provisional]) == "暂定 2 个、已修订 1 个"
    assert wording.statuses_words([absent]) == "无有效值"


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (timedelta(minutes=59), "不到1小时"),
        (timedelta(hours=5, minutes=30), "5 小时"),
        (timedelta(hours=47), "47 小时"),
        (timedelta(days=22, hours=3), "22 天"),
    ],
)
def test_a_lag_is_told_in_its_largest_unit(lag: timedelta, words: str) -> None:
    assert wording.lag_words(lag) == words


def test_a_judgement_that_is_not_about_attainment_is_yes_or_no(make: Callable[..., Figure]) -> None:
    figure = make("air_attained", "1")
    judged = replace(figure, card=replace(figure.card, name_zh="断面同步监测"))
    assert wording.value_words(judged) == "是"
    assert wording.value_words(replace(judged, value=Decimal(0))) == "否"


def test_a_level_without_a_name_keeps_its_code() -> None:
    assert (wording.level_words("section"), wording.level_words("reef")) == ("断面", "reef")
