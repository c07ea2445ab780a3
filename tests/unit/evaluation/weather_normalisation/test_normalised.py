"""Normalising a series: what comes out, of which rows, and that nothing but the data decides the digits."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.series import series
from evaluation.weather_normalisation.boosted import Boosted, boosted_for
from evaluation.weather_normalisation.fitted import Mode
from evaluation.weather_normalisation.forest import Forest
from evaluation.weather_normalisation.normalised import normalise
from evaluation.weather_normalisation.pool import pool
from tests.unit.evaluation.weather_normalisation.worlds import WEATHER, clock, world

SMALL_FOREST = Forest(trees=20)
REPOSITORY = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(
    "mode",
    [Boosted(rounds=60), Boosted(rounds=60, scale="level"), Boosted(rounds=60, estimand="windowed"), SMALL_FOREST],
    ids=["boosted", "level", "windowed", "forest"],
)
def test_the_same_rows_in_any_order_give_the_same_digits(mode: Mode) -> None:
    given = world(gaps=0.1)
    again = series("made", given.frame.sample(fraction=1, shuffle=True, seed=3), unit="µg/m³", weather=WEATHER,
                   step=timedelta(days=1))  # fmt: skip
    once = normalise(given, mode)
    assert normalise(again, mode).frame.equals(once.frame)
    # and a mode by itself does not depend on the order either
    x, y = once.predictors.table(once.frame.join(given.frame, on="at")), once.frame["value"].to_numpy()
    order = np.random.default_rng(0).permutation(len(y))
    assert np.array_equal(mode.fit(x[order], y[order]).predict(x), mode.fit(x, y).predict(x))


def test_rows_without_a_value_are_neither_used_nor_filled() -> None:
    given = world(gaps=0.1)
    result = normalise(given, Boosted(rounds=20))
    assert result.frame["at"].to_list() == given.frame.filter(pl.col("value").is_not_null())["at"].to_list()
    assert result.frame.null_count().sum_horizontal().item() == 0
    months = result.monthly()
    assert months.height == 36
    assert months["rows"].sum() == result.fitted.n_rows == result.frame.height
    first = result.frame.filter(pl.col("at") < clock("2014-02-01"))
    assert months.row(0) == (
        clock("2014-01-01").date(), first.height, *(first[c].mean() for c in ("value", "predicted", "normalised"))
    )  # fmt: skip


def test_a_cut_of_a_fifth_is_found_under_gaps_in_the_weather() -> None:
    result = normalise(world(years=4, gaps=0.05), Boosted())
    half = clock("2016-01-01")
    sides = (pl.col("at") < half, pl.col("at") >= half)
    before, after = (result.frame.filter(side)["normalised"].mean() for side in sides)
    assert after / before == pytest.approx(0.8, abs=0.02)


def test_a_windier_pool_means_cleaner_air_and_leaves_the_change_alone() -> None:
    given = world(years=4)
    windy = given.frame.with_columns(pl.col("wind_speed") + 1.0)
    for scale in ("log", "level"):
        as_is, clean = (
            normalise(given, Boosted(scale=scale), pool(name, frame, WEATHER))  # type: ignore[arg-type]
            for name, frame in (("as it was", given.frame), ("windy", windy))
        )
        assert clean.pool.name == "windy"
        # one metre per second more is a factor of exp(−0.25) = 0.78 in the world the values come from
        ratio = clean.frame["normalised"] / as_is.frame["normalised"]
        assert ratio.mean() == pytest.approx(0.78, abs=0.03)
        halves = [frame["normalised"].tail(731).mean() / frame["normalised"].head(730).mean()
                  for frame in (as_is.frame, clean.frame)]  # fmt: skip
        assert halves == pytest.approx([0.8, 0.8], abs=0.02)


def test_smearing_brings_the_mean_of_the_log_scale_back() -> None:
    given = world(years=4, noise=0.6)
    result = normalise(given, Boosted(rounds=30))
    value, geometric = result.frame["value"], result.frame["predicted"] / result.fitted.smearing
    # Duan (1983): exp of a predicted logarithm is too low by about exp(variance / 2)
    assert geometric.mean() < 0.9 * value.mean()
    # residuals of the rows it was trained on are a little too small: half of the gap closes at least
    assert result.frame["predicted"].mean() == pytest.approx(value.mean(), rel=0.06)
    assert result.frame["normalised"].mean() == pytest.approx(value.mean(), rel=0.03)


def test_a_window_that_the_pool_does_not_reach_gives_null_not_a_number() -> None:
    given = world()
    summer = pool("summer", given.frame.filter(pl.col("at").dt.month().is_in([6, 7, 8])), WEATHER)
    result = normalise(given, Boosted(rounds=20, estimand="windowed", window_days=14), summer)
    reached = result.frame.filter(pl.col("normalised").is_not_null())["at"].dt.date()
    # 14 days before 1 June and after 31 August
    in_2015 = [day for day in reached if day.year == 2015]
    assert (in_2015[0].isoformat(), in_2015[-1].isoformat()) == ("2015-05-18", "2015-09-14")
    assert len(in_2015) == 92 + 28


def test_a_pool_without_the_weather_of_the_series_is_refused() -> None:
    given = world()
    with pytest.raises(ValueError, match="weather temperature is not in the table"):
        normalise(given, Boosted(rounds=1), pool("wind", given.frame, ["wind_speed"]))


def test_ten_rows_are_a_poor_series_but_no_crash() -> None:
    given = world()
    few = series("few", given.frame.head(10), unit="µg/m³", weather=WEATHER, step=timedelta(days=1))
    for mode in (Boosted(), SMALL_FOREST):
        assert normalise(few, mode).frame.height == 10


def test_hourly_series_get_more_leaves() -> None:
    assert (boosted_for(timedelta(days=1)).leaves, boosted_for(timedelta(hours=1)).leaves) == (31, 255)
    assert boosted_for(timedelta(hours=1), leaves=63, scale="level") == Boosted(leaves=63, scale="level")


THREADS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")
DIGEST_OF_A_RUN = """
import hashlib
from evaluation.weather_normalisation.boosted import Boosted
from evaluation.weather_normalisation.forest import Forest
from evaluation.weather_normalisation.normalised import normalise
from tests.unit.evaluation.weather_normalisation.worlds import world
digest = hashlib.sha256()
for mode in (Boosted(rounds=60), Boosted(rounds=60, estimand="windowed"), Forest(trees=20)):
    result = normalise(world(gaps=0.1), mode)
    for column in (*result.frame["predicted", "normalised"], *result.monthly()["predicted", "normalised"]):
        digest.update(column.to_numpy().tobytes())
print(digest.hexdigest())
"""


@pytest.mark.slow
def test_threads_do_not_change_a_digit() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST_OF_A_RUN],
            env={**os.environ, **dict.fromkeys(THREADS, threads)},
            cwd=REPOSITORY, capture_output=True, text=True, check=True,
        ).stdout
        for threads in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1
