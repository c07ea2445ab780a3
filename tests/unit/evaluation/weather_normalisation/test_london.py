"""London NO2, 7,741 days: what rmweather published of its own runs, and what ours make of the same rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.series import Series, series
from evaluation.weather_normalisation.boosted import Boosted
from evaluation.weather_normalisation.forest import Forest
from evaluation.weather_normalisation.normalised import normalise
from evaluation.weather_normalisation.predictors import predictors
from evaluation.weather_normalisation.skill import scores

WEATHER = ("ws", "wd", "air_temp", "rh", "atmospheric_pressure")
TIME = "%Y-%m-%dT%H:%M:%SZ"


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "effort"


@pytest.fixture(scope="module")
def london(folder: Path) -> Series:
    daily = pl.read_csv(folder / "london_no2_daily.csv", infer_schema_length=None, null_values=["NA", ""])
    daily = daily.with_columns(pl.col("date").str.to_datetime(TIME).alias("at"), pl.col("no2").alias("value"))
    return series("London", daily, unit="µg/m³", weather=WEATHER, step=timedelta(days=1))


@pytest.fixture(scope="module")
def split(folder: Path) -> pl.DataFrame:
    table = pl.read_csv(folder / "london_rmweather_seed1_split.csv", infer_schema_length=None)
    return table.with_columns(pl.col("date").str.to_datetime(TIME).alias("at")).sort("at")


def test_the_clock_is_the_one_rmweather_computed_on_every_row(split: pl.DataFrame) -> None:
    columns = predictors(WEATHER, timedelta(days=1))
    expected = split.select(pl.col(columns.names).cast(pl.Float64)).to_numpy()
    assert columns.names == (*WEATHER, "date_unix", "day_julian", "weekday")
    np.testing.assert_array_equal(columns.table(split), expected)


@pytest.mark.parametrize(
    ("mode", "rmse"),
    # rmweather's own forest: 15.68 on this split; issue 5 asks 13.5 of ours
    [(Boosted(), 13.5), (Boosted(scale="level"), 13.5), (Forest(), 16.0)],
    ids=["boosted", "level", "forest"],
)
def test_error_on_rmweathers_own_test_rows(split: pl.DataFrame, mode: Boosted | Forest, rmse: float) -> None:
    x, y = predictors(WEATHER, timedelta(days=1)).table(split), split["value"].to_numpy()
    train = (split["set"] == "training").to_numpy()
    assert (train.sum(), (~train).sum()) == (6192, 1549)
    assert scores(y[~train], mode.fit(x[train], y[train]).predict(x[~train])).rmse <= rmse


def test_the_forest_is_as_close_to_rmweathers_seeds_as_they_are_to_each_other(london: Series, folder: Path) -> None:
    result = normalise(london, Forest())
    assert result.frame.height == 7741  # days with a concentration; rmweather's runs dropped the other 97 too
    months = result.monthly().with_columns(pl.col("month").dt.strftime("%Y-%m").alias("ym"))
    for seed in (1, 2, 3):
        peer = pl.read_csv(folder / f"london_rmweather_seed{seed}_monthly.csv").join(months, on="ym", how="left")
        # the same rows enter the same months
        assert (peer["value"] - peer["value_right"]).abs().max() < 1e-9
        apart = peer["normalised"] - peer["value_predict"]
        assert (apart**2).mean() ** 0.5 <= 0.76  # the seeds among themselves: 0.62 to 0.76
        assert peer.select(pl.corr("normalised", "value_predict")).item() >= 0.9965  # theirs: 0.9965 to 0.9979
