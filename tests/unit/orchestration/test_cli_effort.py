"""``ecolake effort``: over a publication small enough to know by heart (tests/unit/streamlit_app/effort_world.sql)."""

from __future__ import annotations

import importlib.util
import json
import sys
import warnings
from pathlib import Path

import matplotlib.image
import pytest
from typer.testing import CliRunner, Result

from catalog import publication as pub
from catalog.lake import Lake
from orchestration import effort_picture
from orchestration.cli_effort import app

WORLD = Path(__file__).parent.parent / "streamlit_app"
KEYS = {
    "effort_editions": ("effort_edition",),
    "effort_items": ("effort_edition", "item"),
    "effort_score": ("effort_edition", "series_key", "item", "year"),
    "effort_month": ("effort_edition", "series_key", "month_start"),
    "effort_model": ("effort_edition", "series_key", "kind", "name", "nth"),
    "effort_backtest": ("effort_edition", "series_key", "kind", "name", "year"),
}


def published(folder: Path, *, with_effort: bool) -> Lake:
    """The pages' small world, with the evaluation or as it was before there was one."""
    spec = importlib.util.spec_from_file_location("small_world", WORLD / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    world = importlib.util.module_from_spec(spec)
    sys.modules["small_world"] = world
    spec.loader.exec_module(world)
    made = Lake(folder)
    tables = tuple(pub.TableSpec(name=name, key=key, grain="one row per key") for name, key in KEYS.items())
    more = {"more": WORLD / "effort_world.sql", "tables": tables} if with_effort else {}
    world.publish(made, index=None, **more)
    return made


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return published(tmp_path_factory.mktemp("effort"), with_effort=True)


@pytest.fixture(autouse=True)
def _here(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))
    monkeypatch.chdir(tmp_path)


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refusal(*words: str) -> str:
    """The sentence on standard error; the call must end with exit code 2 and nothing else."""
    found = call(*words)
    assert (found.exit_code, found.stdout) == (2, "")
    return found.stderr.strip()


def test_list_gives_every_score_with_its_interval_and_grade() -> None:
    lines = [line.split() for line in call("list", "--item", "PM2.5").stdout.splitlines()]
    rows = [line for line in lines if line[:1] == ["2026"]]
    assert rows[0] == [
        *("2026", "杭州市", "330100", "pm25", "+3.5%", "−4.9%", "+8.8%", "−11.1%", "至", "+1.9%"),
        *("未见证据", "no", "evidence", "not", "met"),
    ]
    assert rows[-1][:7] == ["2026", "舟山市", "330900", "pm25", "不可评价", "not", "assessable"]
    assert "模拟数据" in call("list").stderr


def test_list_can_be_narrowed_to_a_year_and_a_place() -> None:
    found = json.loads(call("list", "--year", "2026", "--region", "杭州", "--json").stdout)
    assert [score["item"] for score in found["scores"]] == ["all", "pm25", "no2"]
    # decimals as published: exp(-0.050241) - 1 and its bounds, in percent
    assert found["scores"][1]["split"]["effort"] == {"pct": "-4.899979", "lower": "-11.099996", "upper": "1.900025"}


def test_explain_tells_the_split_in_both_languages_and_what_it_stands_on() -> None:
    said = call("explain", "杭州", "pm25", "2026").stdout
    for fact in (
        "PM2.5比基准同期 +3.5%，其中努力 −4.9%（90%区间 −11.1% 至 +1.9%），天气 +8.8%。",
        "PM2.5: +3.5% against the same months of the baseline: effort −4.9% ",
        "(90% interval −11.1% to +1.9%), weather +8.8%",
        "(1 + effort) × (1 + weather) − 1 = total",
        "观测 observed 30 → 31.05 微克/立方米；归一化 normalised 30.5 → 29.01 微克/立方米",
        "结论 grade: 未见证据 / no evidence",
        "legal limits not met in the same period; the legal result is never replaced by effort",
        "normalised concentration is not emissions",
        "整月留出 blocked 0.51，随机留出 random 0.53，超出参考气象 outside the pool 2.6%",
        "EFF-AIR 大气试评；基准 baseline 2025-01-01 … 2025-12-31；参考配置（未经批准）",
        "序列 series: air/330100/pm25，指纹 hash feedpm25330100",
        "ecolake trace air_pm25_effort 330100 2026-ytd --edition EFF-AIR --publication ",
        "3 个日期上找“突变”，2 个通过",
        "安慰剂日期 placebo dates 2026年1月1日: 突变 +12.7%（+5.1% 至 +20.9%） — 未通过 failed",
    ):
        assert fact in said, fact


def test_explain_draws_observed_and_normalised_months(tmp_path: Path) -> None:
    assert call("explain", "330100", "PM2.5", "2026").exit_code == 0
    assert call("explain", "330100", "PM2.5", "2026", "--out", "other.png").exit_code == 0
    drawn = [matplotlib.image.imread(tmp_path / name) for name in ("effort_330100_pm25_2026.png", "other.png")]
    assert drawn[0].shape == (624, 1170, 4)
    assert (drawn[0] == drawn[1]).all(), "the same picture every time"
    colours = {tuple(pixel) for row in (255 * drawn[0][:, :, :3]).round().astype(int).tolist() for pixel in row}
    for colour in (effort_picture.INK, effort_picture.OBSERVED):
        assert tuple(bytes.fromhex(colour[1:])) in colours, "a line for each"


def test_without_a_chinese_font_no_glyph_is_missing_from_the_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(effort_picture, "CHINESE_FONTS", ())
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        found = call("explain", "杭州", "pm25", "2026", "--out", "en.png")
    assert (found.exit_code, found.exception) == (0, None)
    assert matplotlib.image.imread(tmp_path / "en.png").shape == (624, 1170, 4)


def test_explain_of_what_cannot_be_assessed_gives_the_reason_and_no_number() -> None:
    found = call("explain", "舟山市", "pm25", "2026")
    assert found.exit_code == 0
    assert "不可评价。模型检验效率过低" in found.stdout
    assert "not assessable. skill too low: the weather explains 0.12" in found.stdout
    assert "没有逐月序列，不画图" in found.stdout
    assert "比基准同期" not in found.stdout


def test_explain_of_all_pollutants_together() -> None:
    assert "六项综合比基准同期 +1.6%" in call("explain", "杭州", "综合", "2026").stdout


def test_explain_of_a_section_by_its_name_takes_the_concentration() -> None:
    said = call("explain", "闸口", "总磷浓度", "2026").stdout
    assert "总磷浓度：不可评价。记录过短：样品跨 1.90 年，需 2 年。" in said
    assert call("explain", "闸口", "tp", "2026").stdout == said


def test_explain_as_json_carries_everything() -> None:
    found = json.loads(call("explain", "杭州", "pm25", "2026", "--json").stdout)
    assert found["simulated"] is True
    assert found["score"]["grade"] == "no_evidence"
    assert found["score"]["series_hash"] == "feedpm25330100"
    assert len(found["backtests"]) == 5
    assert found["edition"]["approver"] == "参考配置（未经批准）"
    assert found["picture"] == "effort_330100_pm25_2026.png"


def test_card_tells_settings_skill_importance_and_warnings() -> None:
    said = call("card", "air/330100/pm25").stdout
    for fact in (
        "方法 method = backfit",
        "整月留出（可信） blocked 0.510",
        "日平均风速 wind_speed_mean_m_s 0.400",
        "random_flatters: NSE 0.15 higher",
        "日平均风速 wind_speed_mean_m_s: 1 米/秒 +22.1% → 4 米/秒 −18.1%",
    ):
        assert fact in said, fact
    assert "没有模型卡" in call("card", "air/330900/pm25").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "杭洲", "pm25", "2026"), "no place '杭洲'; there are: 杭州市 (330100), 宁波市 (330200)"),
        (("explain", "杭州", "铅", "2026"), "no pollutant '铅' there; there are: all (六项综合), pm25 (PM2.5), no2"),
        (("explain", "杭州", "pm25", "2024"), "2024 was not evaluated there; there are: 2026"),
        (("explain", "杭州", "pm25", "2026", "--edition", "X"), "not evaluated under 'X'; there are: EFF-AIR"),
        (("explain", "杭州", "pm25", "2026", "--out", "no/such.png"), "--out no/such.png: no folder no; make it first"),
        (("list", "--year", "1999"), "1999 was not evaluated there; there are: 2026"),
        (("card", "air/330100/lead"), "no series 'air/330100/lead'; there are: air/330100/all, air/330100/no2"),
        (("card", "air/330100/pm25", "--edition", "X"), "this was not evaluated under 'X'; there are: EFF-AIR"),
    ],
)
def test_a_wrong_question_is_answered_with_what_there_is(words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)


def test_a_publication_made_before_there_was_an_evaluation_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = published(tmp_path / "older", with_effort=False)
    monkeypatch.setenv("ECOLAKE_LAKE", str(older.root))
    assert (
        "lacks effort_score, effort_month, effort_model, effort_backtest, effort_editions, effort_items; evaluate and"
        in refusal("list")
    )


def test_without_a_publication_the_first_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOLAKE_LAKE", str(tmp_path))
    assert "ecolake" in refusal("explain", "杭州", "pm25", "2026")
