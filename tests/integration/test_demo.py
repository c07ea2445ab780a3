"""The demo, small: every feed comes in, every theme is computed, one publication, and nothing left to do after."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.lake import Lake
from catalog.publication.reader import open_publication
from catalog.themes import themes
from ingest.simulate.feeds import World
from orchestration.cli_plan import VALUES
from orchestration.demo import demo
from orchestration.pipeline import Workshop, publish, transform_months
from orchestration.report import Log

pytestmark = pytest.mark.slow

WORLD = World(20260301, date(2025, 7, 1), date(2026, 10, 31), 0.1)


@pytest.fixture(scope="module")
def demo_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with the whole demo in it, published; dbt's tests ran on it."""
    lake = Lake(tmp_path_factory.mktemp("demo") / "lake")
    report = demo(lake, WORLD, Log(quiet=True))
    assert report.is_true
    assert report.publication == open_publication(lake).id
    return lake


def test_every_theme_and_topic_has_values(demo_lake: Lake) -> None:
    with open_publication(demo_lake).connect() as db:
        found = db.execute(
            "SELECT DISTINCT c.theme FROM indicator_values AS v "
            "JOIN catalog_indicators AS c ON c.code = v.indicator_code WHERE v.value IS NOT NULL"
        ).fetchall()
    # effort is told from two years of weather on: of these months it says why it cannot be
    assert {theme for (theme,) in found} == set(themes()) - {"effort"}


def test_effort_of_a_record_too_short_is_a_reason_and_no_number(demo_lake: Lake) -> None:
    with open_publication(demo_lake).connect() as db:
        said = db.execute(
            "SELECT DISTINCT value, lower, upper, null_reason FROM indicator_values "
            "WHERE indicator_code = 'air_pm25_effort'"
        ).fetchall()
        scores = db.execute("SELECT DISTINCT theme, grade, effort_log FROM effort_score ORDER BY theme").fetchall()
    assert said == [(None, None, None, "not_assessable: too_short")]
    assert scores == [("air", "not_assessable", None), ("water", "not_assessable", None)]


def test_every_system_of_the_plan_has_values_or_a_reason(demo_lake: Lake) -> None:
    with open_publication(demo_lake).connect() as db:
        empty = db.execute("SELECT name_zh FROM plan_coverage WHERE datasets = 0 AND needs_data").fetchall()
        served = db.execute("SELECT count(*) FROM plan_coverage WHERE datasets > 0").fetchall()
        way = db.execute(VALUES).fetchall()
    assert (empty, served) == ([], [(74,)])
    assert len(way) == 80
    assert [system for _, system, _, _, n_values, reason in way if not n_values and not reason] == []


def test_every_target_has_a_verdict_and_none_without_a_year_is_judged_late(demo_lake: Lake) -> None:
    with open_publication(demo_lake).connect() as db:
        verdicts = db.execute(
            "SELECT code, year, verdict FROM plan_progress QUALIFY row_number() OVER "
            "(PARTITION BY code ORDER BY month DESC) = 1"
        ).fetchall()
    assert len(verdicts) == 18
    assert {verdict for _, year, verdict in verdicts if year is None} <= {"no_year_set", "reached"}
    assert all(verdict is not None for *_, verdict in verdicts)


def test_a_second_build_has_nothing_to_do(demo_lake: Lake) -> None:
    before = open_publication(demo_lake).id
    shop = Workshop(demo_lake, Log(quiet=True))
    built = transform_months(shop)
    assert built.todo.is_nothing
    assert publish(shop, built).kind == "unchanged"
    assert open_publication(demo_lake).id == before


def test_building_everything_again_changes_no_number(demo_lake: Lake) -> None:
    shop = Workshop(demo_lake, Log(quiet=True))
    before = open_publication(demo_lake).manifest.content_hash
    publish(shop, transform_months(shop, full=True, tests=False))
    assert open_publication(demo_lake).manifest.content_hash == before
