"""The sub-commands on publications as a person or a script calls them."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner, Result

from catalog import publication as pub
from orchestration import cli_publications

WORLD = Path(__file__).parent.parent / "unit" / "catalog" / "publication" / "conftest.py"


@pytest.fixture(scope="session")
def worlds() -> ModuleType:
    """The small world of the publication's unit tests."""
    spec = importlib.util.spec_from_file_location("publication_world", WORLD)
    module = importlib.util.module_from_spec(spec)
    sys.modules["publication_world"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def once(worlds: ModuleType, tmp_path_factory: pytest.TempPathFactory):
    """Published, and again after a correction."""
    world = worlds.make_world(tmp_path_factory.mktemp("cli"))
    world.publish()
    world.correct("1223A", "2019-03-05", 13, 100)
    world.publish()
    return world


@pytest.fixture
def world(once, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    world = once.copy(tmp_path)
    monkeypatch.setenv("ECOLAKE_LAKE", str(world.lake.root))
    return world


def call(*words: str, rebuild: pub.Rebuild | None = None, answers: str | None = None) -> Result:
    app = typer.Typer()
    cli_publications.register(app, rebuild=rebuild)
    return CliRunner().invoke(app, list(words), input=answers)


def ids(world) -> tuple[str, str]:
    first, second = (p.id for p in pub.publications(world.lake))
    return first, second


def test_publications_are_listed_and_the_current_one_is_marked(world) -> None:
    first, second = ids(world)
    shown = call("publications")
    assert shown.exit_code == 0
    marked = [line for line in shown.output.splitlines() if "●" in line]
    assert len(marked) == 1
    assert second in marked[0]
    told = json.loads(call("publications", "--json").output)
    assert [(p["id"], p["current"], p["restated"], p["profile"]) for p in told] == [
        (first, False, 0, "live"),
        (second, True, 3, "live"),
    ]


def test_a_damaged_publication_does_not_hide_the_others(world) -> None:
    first, _ = ids(world)
    (world.lake.publications / first / "manifest.json").chmod(0o644)
    (world.lake.publications / first / "manifest.json").write_text("{}")
    shown = call("publications")
    assert shown.exit_code == 0
    assert f"damaged, see: ecolake verify {first}" in shown.output
    assert [("fault" in p) for p in json.loads(call("publications", "--json").output)] == [True, False]


def test_an_empty_lake_has_no_publications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOLAKE_LAKE", str(tmp_path))
    assert "nothing is published" in call("publications").output
    asked = call("verify")
    assert (asked.exit_code, "ecolake publish" in asked.stderr, asked.exception.__class__) == (2, True, SystemExit)


def test_verify_ends_with_1_and_names_the_file(world) -> None:
    assert call("verify").exit_code == 0
    assert call("verify", ids(world)[0]).output.startswith(f"{ids(world)[0]}: intact")
    landed = world.lake.root / world.batches[0].landing_path
    landed.write_bytes(landed.read_bytes().replace(b"28", b"29", 1))
    found = call("verify", "--quick")
    assert found.exit_code == 1
    assert f"ALTERED {world.batches[0].landing_path}" in found.output
    assert "object china_sites_201904.csv" in found.output
    told = json.loads(call("verify", "--json").output)
    assert (told["ok"], [f["path"] for f in told["findings"]]) == (False, [world.batches[0].landing_path])


def test_verify_can_compute_all_again_where_it_is_told_how(world) -> None:
    assert call("verify", "--rebuild").exit_code == 2  # no such option: nobody said how
    assert call("verify", "--rebuild", rebuild=lambda manifest, folder: world.compute()).exit_code == 0
    world.corrected["1224A", "2019-04-01", 1] = 90
    world.receive("2019-04")
    found = call("verify", "--rebuild", rebuild=lambda manifest, folder: world.compute())
    assert found.exit_code == 1
    assert "RECOMPUTED" in found.output
    assert "330100 2019-04-01 (differs)" in found.output


def test_trace_tells_people_and_machines(world) -> None:
    shown = call("trace", "air_pm25_hour", "和睦小学", "2019-03-05T13")
    assert shown.exit_code == 0
    assert "1223A=100: 20190305,13,PM2.5,100,29,30" in shown.output
    told = json.loads(call("trace", "air_pm25_hour", "1223A", "2019-03-05T13", "--json").output)
    assert told["value"]["status"] == "restated"
    first, _ = ids(world)
    old = call("trace", "air_pm25_hour", "1223A", "2019-03-05T13", "--publication", first, "--json")
    assert json.loads(old.output)["value"]["value"] == "28.0000"


def test_a_question_without_answer_is_a_sentence_and_2(world) -> None:
    asked = call("trace", "air_pm25_year", "西湖区", "2019")
    assert asked.exit_code == 2
    assert asked.stderr.startswith("error: '西湖区' fits several regions")
    assert "Traceback" not in asked.output


def test_diff_shows_what_changed(world, tmp_path: Path) -> None:
    first, second = ids(world)
    shown = call("diff", first, "--csv", str(tmp_path / "changes.csv"))
    assert shown.exit_code == 0
    assert shown.output.startswith(f"{first} → {second}: ")
    hour = next(line for line in shown.output.splitlines() if "1223A (station)" in line)
    assert [word in hour for word in ("28.0000", "100.0000", "+257.14%", "restated")] == [True] * 4
    assert (tmp_path / "changes.csv").read_text(encoding="utf-8").count("\n") == 5
    assert json.loads(call("diff", first, second, "--json").output)["summary"][0]["changed"] == 1


def test_rollback_asks_why_and_records_who(world) -> None:
    first, second = ids(world)
    done = call("rollback", first, "--by", "王", answers="wrong file\n")
    assert (done.exit_code, pub.current_id(world.lake)) == (0, first)
    event = pub.events(world.lake)[-1]
    assert (event.by, event.reason, event.before) == ("王", "wrong file", second)
    again = call("rollback", first, "--reason", "x")
    assert (again.exit_code, "current publication already" in again.stderr) == (2, True)
