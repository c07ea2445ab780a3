"""Flow normalisation against a loop over days, the grid and its interpolation."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.flow_normalisation.daily import daily, flow_normalised, flow_pool
from evaluation.flow_normalisation.river import River, river
from evaluation.flow_normalisation.surfaces import bilinear, grid, surfaces
from evaluation.flow_normalisation.wrtds import wrtds


@pytest.fixture(scope="module")
def record(make_river) -> River:
    tables = make_river(noise=0.2)
    return river(tables.flow, tables.samples)


def test_grid_of_the_choptank(choptank) -> None:
    points = choptank.surfaces.grid
    log_flow = np.log(choptank.river.flow)
    assert (len(points.log_flow), len(points.year)) == (14, 529)
    assert (points.year[0], points.year[1], points.year[-1]) == (1979, 1979.0625, 2012)
    assert points.log_flow[[0, -1]].tolist() == [log_flow.min() - 0.05, log_flow.max() + 0.05]


def test_interpolation_is_exact_for_what_is_bilinear() -> None:
    points = grid(np.array([-1.0, 2.0]), np.array([2000.4, 2002.6]))
    q, t = np.meshgrid(*points, indexing="ij")
    generator = np.random.default_rng(1)
    at_q, at_t = generator.uniform(-1, 2, 200), generator.uniform(2000.4, 2002.6, 200)
    found = bilinear(2 + 3 * q - t + 0.5 * q * t, points, at_q, at_t)
    np.testing.assert_allclose(found, 2 + 3 * at_q - at_t + 0.5 * at_q * at_t, rtol=1e-11)


def test_flow_normalisation_is_the_mean_over_the_flows_of_that_day_of_the_year(record: River) -> None:
    surface = surfaces(record)
    concentration, flux = flow_normalised(surface.concentration, flow_pool(record), record)
    texts = record.date.astype(str)
    for day in ("2001-07-04", "2004-02-28", "2004-02-29", "2003-02-28", "2004-03-01", "2004-12-31"):
        (row,) = np.flatnonzero(texts == day)
        ends = ("02-28", "02-29") if day.endswith(("02-28", "02-29")) else (day[5:],)
        pool = [i for i, text in enumerate(texts) if text[5:] in ends]
        values = bilinear(
            surface.concentration, surface.grid, record.log_flow[pool], np.full(len(pool), record.decimal_year[row])
        )
        assert concentration[row] == pytest.approx(values.mean(), rel=1e-12)
        assert flux[row] == pytest.approx((values * record.flow[pool] * 86.4).mean(), rel=1e-12)


def test_daily_flux_is_concentration_times_flow(record: River) -> None:
    days = daily(record, surfaces(record))
    np.testing.assert_allclose(days.flux, days.concentration * record.flow * 86.4, rtol=1e-15)


def test_the_order_of_rows_does_not_change_a_digit(make_river) -> None:
    tables = make_river(noise=0.3)
    half = tables.samples.with_columns(
        low_mg_l=pl.when(pl.col("high_mg_l") < 1).then(None).otherwise("low_mg_l"),
        high_mg_l=pl.max_horizontal("high_mg_l", pl.lit(1.0)),
    )
    one = wrtds(tables.flow, half)
    other = wrtds(tables.flow.sample(fraction=1, shuffle=True, seed=3), half.sample(fraction=1, shuffle=True, seed=4))
    assert one.annual.equals(other.annual)
    assert one.cross_validation.equals(other.cross_validation)
