"""A pool is frozen: same contents, same digest; any other contents, another one."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from evaluation.series import series
from evaluation.weather_normalisation.pool import OWN_ROWS, own_pool, pool
from tests.unit.evaluation.weather_normalisation.worlds import clock

FRAME = pl.DataFrame(
    {
        "at": [clock(f"2020-01-0{day}") for day in (1, 2, 3)],
        "ws": [1.0, None, 3.0],
        "rh": [50.0, None, float("nan")],
        "value": [1.0, 2.0, None],
    }
)


def test_neither_the_order_of_rows_nor_of_columns_changes_a_pool() -> None:
    one, other = pool("a", FRAME, ["ws", "rh"]), pool("b", FRAME.reverse(), ["rh", "ws"])
    assert one.digest == other.digest
    assert one.frame.equals(other.frame)
    # known contents, known digest: a published digest can be recomputed in any later version
    assert one.digest == "5e590dd9716be36d1d5623e3872fdb3ecfc9cba36e0aac167a202390c35f1d6f"


@pytest.mark.parametrize(
    "changed",
    [
        FRAME.with_columns(ws=pl.Series([1.0000000000000002, None, 3.0])),
        FRAME.with_columns(pl.col("at") + timedelta(seconds=1)),
        FRAME.head(2),
        FRAME.rename({"ws": "rh", "rh": "ws"}),
    ],
)
def test_any_other_contents_have_another_digest(changed: pl.DataFrame) -> None:
    assert pool("a", changed, ["ws", "rh"]).digest != pool("a", FRAME, ["ws", "rh"]).digest


def test_rows_without_any_weather_are_no_weather() -> None:
    assert pool("a", FRAME, ["ws", "rh"]).frame["at"].dt.day().to_list() == [1, 3]
    with pytest.raises(ValueError, match="holds no weather"):
        pool("a", FRAME[1], ["ws", "rh"])
    with pytest.raises(ValueError, match="no weather variable is named"):
        pool("a", FRAME, [])


def test_the_own_pool_of_a_series_is_where_it_has_values() -> None:
    own = own_pool(series("x", FRAME, unit="µg/m³", weather=["ws"], step=timedelta(days=1)))
    assert (own.name, own.frame["ws"].to_list()) == (OWN_ROWS, [1.0])
