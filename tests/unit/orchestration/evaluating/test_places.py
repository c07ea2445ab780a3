"""A city's score over its pollutants: the weighted mean of their log changes, or a reason."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from catalog.lake import Lake
from evaluation.score import results
from evaluation.score.assess import Assessment, Estimate
from evaluation.score.decomposition import Decomposition, Period
from orchestration.evaluating import air, store
from orchestration.evaluating.editions import editions
from orchestration.evaluating.inputs import Task
from orchestration.evaluating.places import scores_of_places

EDITION = next(edition for edition in editions() if edition.theme == "air")
BASE, YEAR = Period(date(2025, 1, 1), date(2026, 1, 1)), Period(date(2026, 1, 1), date(2026, 11, 1))
EFFORT = {"pm25": -0.1, "pm10": -0.2, "so2": 0.0, "no2": -0.3, "o3": 0.1, "co": -0.1}


def kept(lake: Lake, item: str, effort: float | None) -> Task:
    """One item as it is kept after it was evaluated: effort and total as given, noise common to all items."""
    estimate = None
    if effort is not None:
        split = Decomposition(40.0, 40.0 * np.exp(effort + 0.05), 38.0, 38.0 * np.exp(effort))
        noise = np.random.default_rng(1).normal(0, 0.02, 50)
        estimate = Estimate(split, effort - 0.04, effort + 0.04, noise, 17, "the same days")
    grade, reason = ("not_assessable", "too_short") if estimate is None else ("no_evidence", None)
    found = Assessment(f"air/330100/{item}", item, BASE, YEAR, grade, estimate, reason, n_values=600)  # type: ignore[arg-type]
    wanted = next(each for each in EDITION.items if each.item == item)
    task = Task(EDITION, wanted, f"air/330100/{item}", 2026, date(2026, 10, 31), f"{item:0<64}", Path("unused"))
    scores = results.scores([found]).with_columns(pl.col("baseline_end", "period_end") - timedelta(days=1))
    store.keep(lake, task.series_hash, {"scores": scores, "errors": air._errors(found)})
    return task


def test_a_city_is_the_weighted_mean_of_its_pollutants(lake: Lake) -> None:
    tasks = [kept(lake, item, effort) for item, effort in EFFORT.items()]
    row = scores_of_places(lake, tasks).row(0, named=True)
    assert row["series_key"] == "air/330100/all"
    assert row["effort_log"] == pytest.approx(-0.1, abs=1e-12)
    assert row["luck_log"] == pytest.approx(0.05, abs=1e-12)
    assert row["total_log"] == pytest.approx(row["effort_log"] + row["luck_log"], abs=1e-12)
    assert (row["period_start"], row["period_end"]) == (date(2026, 1, 1), date(2026, 10, 31))
    # the items share their noise, so averaging them does not shrink it: Student's t of 17 degrees times its deviation
    noise = np.random.default_rng(1).normal(0, 0.02, 50)
    assert row["effort_upper_log"] - row["effort_log"] == pytest.approx(1.7396067 * noise.std(ddof=1), rel=1e-6)
    assert (row["grade"], row["caveat"], row["coverage"]) == ("improved", None, pytest.approx(1.0))


def test_half_a_city_is_not_the_city(lake: Lake) -> None:
    tasks = [kept(lake, item, EFFORT[item] if item in ("pm25", "no2") else None) for item in EFFORT]
    row = scores_of_places(lake, tasks).row(0, named=True)
    assert (row["grade"], row["reason"], row["effort_log"], row["coverage"]) == (
        "not_assessable",
        "too_short",
        None,
        pytest.approx(1 / 3),
    )
