"""Words of 努力评价: every reason, detail and change as a reader sees it; nothing is hidden that has no words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.effort import terms
from catalog.effort import wording as words
from catalog.effort.reading import Backtest, Part, Score, Split
from evaluation.flow_normalisation.settings import Settings
from evaluation.score.grade import Caveat, Grade
from evaluation.score.settings import ScoreSettings
from evaluation.series import NotAssessable, Reason, series
from evaluation.weather_normalisation.backfit import BackfitSettings
from streamlit_app.components import effort_charts, effort_corners
from streamlit_app.wording import POLLUTANTS_ZH


def scored(effort: str, luck: str, *, place: str = "杭州市", **more: object) -> Score:
    """A score whose parts are these percents; no interval unless given."""
    parts = Split(
        Part(Decimal("3.5")), Part(Decimal(effort)), Part(Decimal(luck)), 0.0, float(effort), float(luck), 0.9
    )
    day = date(2026, 1, 1)
    made = Score(
        *("EFF", "air/1/pm25", "air", place, place, "pm25", 2026, "ytd", day, date(2026, 10, 31)),
        *(date(2025, 1, 1), date(2025, 12, 31), 30.0, 31.0, 30.0, 29.0, "no_evidence", None, None, None, "backfit"),
        *(300, 1.0, 0.5, 0.5, 0.0, 50, "hash", None, parts),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_every_reason_grade_and_caveat_of_the_evaluation_has_words() -> None:
    assert set(terms.REASONS) == set(get_args(Reason))
    assert set(terms.GRADE) == set(terms.MEANING_ZH) == set(get_args(Grade))
    assert set(terms.CAVEATS_ZH) == set(terms.CAVEATS_EN) == set(get_args(Caveat))


def test_every_setting_of_the_methods_has_words() -> None:
    held = [*ScoreSettings.__dataclass_fields__, *Settings.__dataclass_fields__]
    held += [f"backfit_{name}" for name in BackfitSettings.__dataclass_fields__]
    assert set(held) - {"backfit"} <= set(terms.SETTINGS_ZH)


def test_pollutants_are_called_as_on_the_other_pages() -> None:
    six = ("pm25", "pm10", "o3", "no2", "so2", "co")
    assert {code: words.item(code) for code in six} == {code: POLLUTANTS_ZH[code] for code in six}


AT = [datetime(2025, 1, day) for day in (1, 2, 3)]  # noqa: DTZ001 - the series' own clock


@pytest.mark.parametrize(
    ("values", "at", "said"),
    [
        ([None, None, None], AT, "没有数值：序列没有数值"),
        ([3.0, 3.0, 3.0], AT, "数值始终不变：3 个值均为 3.0"),
        ([3.0, 0.0, -1.0], AT, "有不为正的数值，不能取对数：3 个值中 2 个为零、负或无穷大"),
        ([3.0, 4.0, 5.0], [AT[0], *AT[:2]], "同一时刻有多个数值：1 个时刻重复，最早为 2025-01-01 00:00:00"),
    ],
)
def test_what_the_evaluation_finds_wrong_is_said_with_its_figures(
    values: list[float | None], at: list[datetime], said: str
) -> None:
    frame = pl.DataFrame({"at": at, "value": values}, schema_overrides={"value": pl.Float64})
    with pytest.raises(NotAssessable) as found:
        series("k", frame, unit="ug/m3", weather=[], step=timedelta(days=1))
    assert words.reason(found.value.reason, found.value.detail) == said


@pytest.mark.parametrize(
    ("code", "detail", "said"),
    [
        ("no_weather", "wind_speed_mean_m_s is missing on all 304 steps with a value",
         "没有气象数据：日平均风速在全部 304 个有值时刻均缺测"),
        ("too_short", "21 months of record; 24 are needed", "记录过短：记录 21 个月，需 24 个月"),
        ("evaluation_incomplete", "6 of 10 months of 2026-01-01..2026-11-01 hold 75% of the values",
         "评价期数据不全：评价期 10 个月中只有 6 个月的有效数值达到 75%"),
        ("baseline_incomplete", "5 of 10 calendar months are complete in the baseline 2025-01-01..2026-01-01",
         "基准期数据不全：对应的 10 个月中基准期只有 5 个月完整"),
        ("too_many_gaps", "300 values of 700 steps; 75% are needed", "缺测过多：应有 700 个值，实有 300 个，需达 75%"),
        ("weather_outside_pool", "23% of the values of 2026 lie outside the pool's weather",
         "评价期天气超出参考气象范围：评价期 23% 的数值超出参考气象范围"),
        ("skill_too_low", "something new", "模型检验效率过低，分不清天气与噪声：something new"),
        ("unheard_of", None, "原因代码 unheard_of"),
        (None, None, "未说明原因"),
    ],
)  # fmt: skip
def test_a_reason_is_said_with_its_fact_and_an_unknown_one_as_it_is(code: str, detail: str, said: str) -> None:
    assert words.reason(code, detail) == said


@pytest.mark.parametrize(
    ("pct", "shown"),
    [("3.45", "+3.4%"), ("3.55", "+3.6%"), ("-4.9", "−4.9%"), ("-0.04", "0.0%"), ("0", "0.0%"), ("100", "+100.0%")],
)
def test_percent_has_one_decimal_half_to_even_and_nothing_has_no_sign(pct: str, shown: str) -> None:
    assert words.percent(Decimal(pct)) == shown


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_the_words_of_the_parts_multiply_to_those_of_the_whole(effort: float, luck: float) -> None:
    def value(text: str) -> Decimal:
        return 1 + Decimal(text.removesuffix("%").replace("−", "-")) / 100

    parts, whole = (words.of_log(effort), words.of_log(luck)), words.of_log(effort + luck)
    # each is rounded to 0.05 points; the error grows with the other factor
    bound = Decimal("0.0005") * (1 + value(parts[0]) + value(parts[1])) + Decimal("0.000001")
    assert abs(value(parts[0]) * value(parts[1]) - value(whole)) <= bound


@pytest.mark.parametrize(
    ("effort", "luck", "corner"),
    [
        ("-1", "-1", "努力且天气帮忙"),
        ("-1", "1", "努力而天气不利"),
        ("1", "-1", "天气帮忙，未见努力"),
        ("1", "1", "天气不利，未见努力"),
    ],
)
def test_the_four_corners_have_names(effort: str, luck: str, corner: str) -> None:
    assert words.corner(scored(effort, luck)) == corner


def test_the_legal_result_is_said_and_stands() -> None:
    score = scored("-5", "9")
    assert words.legal(score) == "2026年1—10月没有PM2.5的法定达标判定。努力评价不替代法定达标结果。"
    assert "断面的法定水质评价见“浙里碧水”" in words.legal(replace(score, theme="water"))


def test_a_change_of_flow_is_called_so() -> None:
    score = scored("-5", "9", theme="water", item="tp_flux")
    assert words.split(score) == "总磷通量比基准同期 +3.5%，其中努力 −5.0%，流量 +9.0%。"
    assert words.split_en(score).endswith("effort −5.0%, flow +9.0%")
    assert words.unit("tp_flux", {"tp": "mg/L"}) == "千克/日"
    assert words.unit("tp_concentration", {"tp": "mg/L"}) == "毫克/升"


def test_without_placebo_dates_nothing_is_claimed() -> None:
    made = Backtest("placebo_date", "2025-07-01", 2025, None, None, None, None, None, "a step at 2025-07-01 needs …")
    assert words.placebo_summary([made], 0.9) == "安慰剂日期：没有可做的检验。"


def test_a_truncation_says_how_far_the_score_moved() -> None:
    made = Backtest("truncation", "known on 2026-08-01", 2026, -0.05, -0.1, 0.02, -0.01, True, "without the 92 steps")
    assert words.finding(made, {}) == "当时的努力 −4.9%，新数据到后移动 −1.0%；今日区间 −9.5% 至 +2.0%"
    assert words.tested(made, {}) == "按2026年8月1日前的数据"


def test_a_control_place_is_called_by_its_name() -> None:
    made = Backtest("placebo_station", "air/330900/pm25", 2026, 0.0, -0.1, 0.1, -0.05, True, None)
    assert words.finding(made, {"330900": "舟山市"}) == "舟山市同期努力 0.0%（−9.5% 至 +10.5%）；本地减去舟山市为 −4.9%"


def layers_of(spec: dict[str, object]) -> list[dict[str, object]]:
    layers = spec["layer"]
    assert isinstance(layers, list)
    return layers


def test_names_never_cover_each_other_and_the_corner_words_stand_in_their_corner() -> None:
    crowd = [scored("-1.0", f"{1 + n / 50}", place=f"第{n}市") for n in range(12)]
    spec = effort_corners.corners(crowd, "天气")
    named = [row for layer in layers_of(spec) for row in layer["data"]["values"] if "short" in row]  # type: ignore[index]
    texts = [layer for layer in layers_of(spec) if layer["mark"]["type"] == "text"]  # type: ignore[index]
    shown = [row for layer in texts for row in layer["data"]["values"] if "short" in row]  # type: ignore[index]
    assert len(named) == 24 + len(shown), "a rule and a point for each place"
    assert 1 <= len(shown) < 12, "twelve points on one spot have no room for twelve names"
    corners = [row["text"] for layer in texts for row in layer["data"]["values"] if "text" in row]  # type: ignore[index]
    assert corners == ["努力且\n天气帮忙", "努力而\n天气不利", "天气帮忙\n未见努力", "天气不利\n未见努力"]


def test_a_place_that_cannot_be_assessed_has_words_and_no_mark_on_the_chart() -> None:
    absent = scored("0", "0", place="舟山市", split=None, grade="not_assessable")
    spec = effort_charts.places([scored("-5", "9"), absent], "天气")
    marked = [row["place"] for layer in layers_of(spec) for row in layer["data"]["values"] if "effort" in row]  # type: ignore[index]
    assert set(marked) == {"杭州市"}
    assert {"place": "舟山市", "text": "不可评价"} in layers_of(spec)[-1]["data"]["values"]  # type: ignore[index]
