"""``ecolake metrics``: over a publication small enough to know by heart (tests/unit/streamlit_app/theme_world.sql)."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalog.lake import Lake
from orchestration.cli_metrics import app

WORLD = Path(__file__).parent.parent / "streamlit_app" / "conftest.py"


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The pages' small world, published."""
    spec = importlib.util.spec_from_file_location("small_world", WORLD)
    assert spec is not None
    assert spec.loader is not None
    world = importlib.util.module_from_spec(spec)
    sys.modules["small_world"] = world
    spec.loader.exec_module(world)
    made = Lake(tmp_path_factory.mktemp("metrics"))
    world.publish(made, index=None, more=world.THEME_WORLD)
    return made


@pytest.fixture(autouse=True)
def _here(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refusal(*words: str) -> str:
    """The sentence on standard error; the call must end with exit code 2 and nothing else."""
    found = call(*words)
    assert (found.exit_code, found.stdout) == (2, "")
    return found.stderr.strip()


def test_list_gives_a_themes_indicators_with_the_values_published() -> None:
    rows = json.loads(call("list", "--theme", "reed", "--json").stdout)
    assert [(r["code"], r["n_rows"], r["n_values"], r["newest_type"], r["newest_at"][:10]) for r in rows] == [
        ("reed_class", 1, 1, "month", "2026-03-01"),
        ("reed_cover", 7, 5, "month", "2026-03-01"),
    ]


def test_list_takes_the_themes_chinese_title_and_words() -> None:
    rows = json.loads(call("list", "--theme", "浙里蓝天", "--search", "pm2.5 年评价 达标", "--json").stdout)
    assert [row["code"] for row in rows] == ["air_pm25_attained"]


def test_list_without_a_publication_is_the_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOLAKE_LAKE", str(tmp_path))
    (row,) = json.loads(call("list", "--search", "air_so2_mean", "--json").stdout)
    assert (row["in_publication"], row["n_values"], row["theme_zh"]) == (False, 0, "浙里蓝天")


def test_show_tells_the_card_and_what_is_held() -> None:
    shown = call("show", "芦苇覆盖率").stdout
    for fact in ("reed_cover", "芦苇面积 ÷ 岸带面积 × 100", "虚构规范 3.2", "doubtful", "水生态处", "冬季不测"):
        assert fact in shown
    words = [line.split() for line in shown.splitlines()]
    assert ["section", "month", "in-force", "3", "3", "2", "2026-03-01", "2026-03-01"] in words


def test_query_gives_every_column_as_csv() -> None:
    text = call("query", "reed_cover", "--region", "浙江", "--format", "csv").stdout
    now, before = csv.DictReader(io.StringIO(text))
    assert (now["period_start"], before["period_start"]) == ("2026-03-01T00:00", "2026-02-01T00:00")
    assert [now[c] for c in ("value", "unit", "lower", "upper", "coverage", "status", "edition", "inputs_hash")] == [
        *("41.5000", "%", "39.9000", "43.1000", "1.0000", "verified", "in-force", "hash-2026-03")
    ]


def test_query_as_json_carries_the_publication_and_decimals_as_written() -> None:
    found = json.loads(call("query", "reed_cover", "--region", "S3", "--period", "2026-03", "--format", "json").stdout)
    assert found["simulated"] is True
    (row,) = found["values"]
    assert (row["value"], row["null_reason"], row["coverage"]) == (None, "unheard_of: 1 of 2", "0.2")
    assert (row["region_zh"], row["region_level"]) == ("闸口", "section")


def test_query_without_an_edition_takes_the_rules_in_force() -> None:
    words = ("query", "air_composite_index", "--region", "330100", "--period", "2026-03", "--format", "json")
    values = [(v["edition"], v["value"]) for v in json.loads(call(*words).stdout)["values"]]
    assert values == [("in-force", "3.7")]
    values = [(v["edition"], v["value"]) for v in json.loads(call(*words, "--edition", "AIR-2012").stdout)["values"]]
    assert values == [("AIR-2012", "3.4")]


def test_a_table_is_marked_as_simulated() -> None:
    found = call("query", "reed_cover", "--period", "month")
    assert "模拟数据" in found.stderr
    assert "41.5" in found.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "reed_covr"), "no indicator 'reed_covr'; near: reed_cover (芦苇覆盖率)"),
        (("query", "苇覆盖率"), "no indicator '苇覆盖率'; near: reed_cover (芦苇覆盖率)"),
        (("query", "reed_cover", "--region", "杭洲"), "no region '杭洲'; near: 杭州市 (330100, city, 浙江省)"),
        (("query", "reed_cover", "--region", "闸口"), "'闸口' fits several regions: 闸口 (S1, section, 杭州市)"),
        (("query", "reed_cover", "--region", "江苏"), "it is given at level: city, province, section"),
        (("query", "reed_cover", "--period", "2031"), "there are: city month 2026-03-01 … 2026-03-01 (in-force)"),
        (("query", "reed_cover", "--period", "March"), "'March' is no period; write one of: 2019, 2019-Q1"),
        (("query", "reed_cover", "--period", "hour"), "holds no hourly values"),
        (("list", "--theme", "zebra"), "no indicator belongs to a theme 'zebra'; there are: air (浙里蓝天)"),
    ],
)
def test_a_wrong_question_is_answered_with_what_comes_near(words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)
