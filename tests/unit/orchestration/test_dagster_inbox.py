"""The sensor on the inbox: every complete file asks for one run, once; nothing half-written ever does."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from catalog.lake import Lake
from orchestration.dagster_defs.automation import everything_job, inbox_sensor
from orchestration.dagster_defs.inbox import look
from orchestration.dagster_defs.resources import LakeResource

MINUTE = 60


def drop(lake: Lake, name: str, text: str = "a,b\n", *, age_seconds: float = MINUTE) -> Path:
    path = lake.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    changed_at = time.time() - age_seconds
    os.utime(path, (changed_at, changed_at))
    return path


@pytest.fixture
def tick(lake: Lake) -> Callable[[], dg.SensorResult | dg.SkipReason]:
    """One evaluation after another, each with the cursor that the one before left."""
    sensor = inbox_sensor(everything_job())
    cursor: list[str | None] = [None]

    def evaluate() -> dg.SensorResult | dg.SkipReason:
        context = dg.build_sensor_context(cursor=cursor[0], resources={"lake": LakeResource(root=str(lake.root))})
        answer = sensor(context)
        assert isinstance(answer, dg.SensorResult | dg.SkipReason)
        if isinstance(answer, dg.SensorResult):
            cursor[0] = answer.cursor
        return answer

    return evaluate


def requests(answer: dg.SensorResult | dg.SkipReason) -> list[dg.RunRequest]:
    return list(answer.run_requests or []) if isinstance(answer, dg.SensorResult) else []


def files(answer: dg.SensorResult | dg.SkipReason) -> list[str]:
    return [request.tags["inbox/files"] for request in requests(answer)]


def test_an_inbox_that_is_missing_or_empty_asks_for_nothing(lake: Lake, tick: Callable[[], dg.SensorResult]) -> None:
    assert requests(tick()) == []
    lake.inbox.mkdir(parents=True)
    assert requests(tick()) == []


def test_each_new_file_asks_for_exactly_one_run(lake: Lake, tick: Callable[[], dg.SensorResult]) -> None:
    drop(lake, "weather__city_daily/a.csv")
    assert files(tick()) == ["weather__city_daily/a.csv"]
    assert files(tick()) == []
    drop(lake, "b.csv")
    assert files(tick()) == ["b.csv"]
    assert files(tick()) == []


def test_files_that_come_together_are_taken_by_one_run(lake: Lake, tick: Callable[[], dg.SensorResult]) -> None:
    for name in ("1.csv", "2.csv", "3.csv", "4.csv", "5.csv"):
        drop(lake, name)
    assert files(tick()) == ["1.csv, 2.csv, 3.csv and 2 more"]
    assert files(tick()) == []


def test_a_changed_file_is_news_and_so_is_its_return_to_what_it_was(
    lake: Lake, tick: Callable[[], dg.SensorResult]
) -> None:
    first = drop(lake, "a.csv", "1\n")
    status = first.stat()
    [original] = requests(tick())
    drop(lake, "a.csv", "22\n")
    [corrected] = requests(tick())
    first.write_text("1\n", encoding="utf-8")
    os.utime(first, ns=(status.st_mtime_ns, status.st_mtime_ns))
    [withdrawn] = requests(tick())
    assert len({original.run_key, corrected.run_key, withdrawn.run_key}) == 3


def test_the_same_state_asks_under_the_same_key_should_a_tick_be_repeated(lake: Lake) -> None:
    drop(lake, "a.csv")
    sensor = inbox_sensor(everything_job())
    keys = set()
    for _ in range(2):
        context = dg.build_sensor_context(resources={"lake": LakeResource(root=str(lake.root))})
        answer = sensor(context)
        assert isinstance(answer, dg.SensorResult)
        keys.add(requests(answer)[0].run_key)
    assert len(keys) == 1


def test_a_file_still_being_written_holds_the_run_back(lake: Lake, tick: Callable[[], dg.SensorResult]) -> None:
    drop(lake, "whole.csv")
    growing = drop(lake, "growing.csv", age_seconds=1)
    waiting = tick()
    assert isinstance(waiting, dg.SkipReason)
    assert waiting.skip_message == "still being written: growing.csv"
    os.utime(growing, (time.time() - MINUTE,) * 2)
    assert files(tick()) == ["growing.csv, whole.csv"]


def test_hidden_and_partial_files_are_no_files(lake: Lake, tick: Callable[[], dg.SensorResult]) -> None:
    for name in (".a.csv.X7f", ".cache/b.csv", "c.csv.part", "d.csv.filepart"):
        drop(lake, name, age_seconds=1)
    assert requests(tick()) == []


def test_a_time_in_the_future_is_a_wrong_clock_and_not_a_growing_file(lake: Lake) -> None:
    drop(lake, "a.csv", age_seconds=-3600)
    assert look(lake.inbox, time.time()).being_written == ()


def test_the_cursor_forgets_files_that_were_taken_away(lake: Lake, tick: Callable[[], dg.SensorResult]) -> None:
    drop(lake, "a.csv").unlink()
    drop(lake, "b.csv")
    answer = tick()
    assert isinstance(answer, dg.SensorResult)
    assert list(json.loads(answer.cursor or "")) == ["b.csv"]
