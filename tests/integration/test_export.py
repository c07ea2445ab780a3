"""``ecolake export`` as a person calls it: exit codes, the list, the log, and a kill in the worst moment."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner, Result

from catalog.publication import ColumnWords
from orchestration import cli_export, column_words, transform
from sharing import feed, log

WORLD = Path(__file__).parent.parent / "unit" / "sharing" / "conftest.py"
NOW = "1795406400"  # 2026-11-23 04:00 UTC


@pytest.fixture(scope="session")
def worlds() -> ModuleType:
    """The small publication of the unit tests."""
    spec = importlib.util.spec_from_file_location("sharing_world", WORLD)
    module = importlib.util.module_from_spec(spec)
    sys.modules["sharing_world"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def world(worlds: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A lake with a publication, and three cards: sound, expired, above its ceiling."""
    world = worlds.make_world(tmp_path)
    cards = tmp_path / "cards"
    cards.mkdir()
    text = worlds.CARD
    above = text.replace("air_city_day", "air_station_hour").replace(
        "[region_code, local_date, name_zh, pm25_ug_m3, attained]", "[station_code, pm25_ug_m3]"
    )
    for name, card in (("good", text), ("old", text.replace("2026-12-31", "2026-11-22")), ("above", above)):
        (cards / f"{name}.yml").write_text(card, encoding="utf-8")
    monkeypatch.setattr(feed.read_feeds, "__defaults__", (cards,))
    monkeypatch.setattr(column_words, "words_today", lambda table: ())  # this world's tables are not the project's
    monkeypatch.setenv("ECOLAKE_LAKE", str(world.lake.root))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    return world


def call(*words: str) -> Result:
    app = typer.Typer()
    cli_export.register(app)
    app.command("other")(lambda: None)  # two commands: typer keeps their names
    return CliRunner().invoke(app, ["export", *words])


def test_a_feed_is_given_listed_and_logged(world) -> None:
    given = call("good", "--by", "李")
    assert given.exit_code == 0, given.output
    folder, told = given.output.splitlines()
    assert Path(folder).parent == world.out / "good"
    assert told.startswith("3 rows; SHA256SUMS ")
    listed = call("--list")
    states = {
        name: next(line for line in listed.output.splitlines() if f" {name} " in line) for name in ("good", "old")
    }
    assert (listed.exit_code, " active " in states["good"], " expired " in states["old"]) == (0, True, True)
    shown = call("--log")
    assert (shown.exit_code, "granted" in shown.output) == (0, True)
    assert f"1 entries; head {log.read(world.lake).head}" in shown.output


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("old",), 1, "old refused: the feed expired: valid to 2026-11-22, today is 2026-11-23"),
        (("above",), 1, "above refused: above the ceiling L1: pm25_ug_m3 (L2)"),
        (("unknown",), 2, "no feed 'unknown'; there are: above, good, old"),
        (("good", "--publication", "1999"), 2, "'1999' is no publication"),
        ((), 2, "say one of: a feed, --list, --log"),
    ],
)
def test_a_refusal_is_one_line_and_an_exit_code(world, words: tuple[str, ...], code: int, told: str) -> None:
    refused = call(*words)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert told in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    lines = log.read(world.lake).lines
    assert [line["outcome"] for line in lines] == (["refused"] if words else [])


def test_a_column_classified_higher_today_is_refused(world, monkeypatch: pytest.MonkeyPatch) -> None:
    today = column_words.words_of({"level": "L1"}, [{"name": "pm25_ug_m3", "config": {"meta": {"level": "L3"}}}])
    monkeypatch.setattr(column_words, "words_today", lambda table: today if table == "air_city_day" else ())
    refused = call("good")
    assert refused.exit_code == 1
    assert "pm25_ug_m3 (L3, L1 when it was published)" in refused.stderr


def test_an_altered_log_is_told(world) -> None:
    for _ in range(2):
        assert call("good").exit_code == 0
    path = log.path_of(world.lake)
    path.write_text(path.read_text(encoding="utf-8").replace('"rows": 3', '"rows": 2', 1), encoding="utf-8")
    shown = call("--log")
    assert (shown.exit_code, "line 2: does not follow from the line before" in shown.stderr) == (1, True)


def test_words_in_the_yml_and_in_dbts_manifest_are_read_alike() -> None:
    """dbt's manifest keeps ``config.meta`` of model and columns as the yml has them."""
    words = {each.name: each for each in column_words.words_today("air_station_hour")}
    assert (words["pm25_ug_m3"].zh, words["pm25_ug_m3"].unit, words["pm25_ug_m3"].level) == (
        "PM2.5小时浓度",
        "ug/m3",
        "L2",
    )
    assert {each.level for each in column_words.words_today("air_city_day")} == {"L1"}
    assert column_words.words_today("no_such_table") == ()
    column = {"name": "x", "description": "An x", "meta": {"unit": "1"}, "config": {"meta": {"zh": "某", "unit": "1"}}}
    meta = {"key": ["x"], "grain": "x", "level": "L1"}
    config = {"materialized": "table", "meta": meta}
    node = {"name": "t", "schema": "themes", "config": config, "columns": {"x": column}}
    assert transform.table_spec(node).words == (ColumnWords(name="x", zh="某", en="An x", unit="1", level="L1"),)


DIE = """
import os, sys
from orchestration import cli_export
from sharing import export, feed
from pathlib import Path
import sharing.export
sys.modules["sharing.export"].put_in_place = lambda *_: os._exit(9)
feed.read_feeds.__defaults__ = (Path(sys.argv[1]),)
cli_export.export(feed="good")
"""


def test_killed_before_the_rename_nothing_lies_there_and_the_next_export_clears_up(world, tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIE, str(tmp_path / "cards")], check=False, cwd=WORLD.parents[3])
    assert died.returncode == 9
    (draft,) = world.out.iterdir()
    assert draft.name.startswith(".ecolake-export-")
    assert [line["outcome"] for line in log.read(world.lake).lines] == ["granted"]  # said, not given: the safe side
    assert call("good").exit_code == 0
    assert [path.name for path in world.out.iterdir()] == ["good"]
    (package,) = (world.out / "good").iterdir()
    assert json.loads((package / "datapackage.json").read_text(encoding="utf-8"))["rows"] == 3
