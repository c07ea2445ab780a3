"""Windows and weights, written out a second time in plain numpy."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.flow_normalisation.kernels import season_distance, time_half_window, tricube
from evaluation.flow_normalisation.local_fits import expected_concentration, local_fits
from evaluation.flow_normalisation.river import River, river
from evaluation.flow_normalisation.settings import EGRET, Settings


@pytest.fixture(scope="module")
def noisy(make_river) -> River:
    tables = make_river(noise=0.3, years=8)
    return river(tables.flow, tables.samples)


def by_hand(record: River, year: float, log_flow: float, bounds: tuple[float, float], options: Settings) -> list[float]:
    """EGRET's steps as its guide tells them, nothing shared with the code but the record."""
    s = record.samples
    h_t, h_q, h_s = options.window_years, options.window_log_flow, options.window_season
    edge = min(year - bounds[0], bounds[1] - year)
    if options.edge_adjust and edge <= h_t:
        h_t = 2 * h_t - edge
    dt, dq = np.abs(s.decimal_year - year), np.abs(s.log_flow - log_flow)
    ds = np.minimum(np.ceil(dt) - dt, dt - np.floor(dt))
    while True:
        w = np.prod([np.where(d < h, (1 - (d / h) ** 3) ** 3, 0) for d, h in ((dt, h_t), (dq, h_q), (ds, h_s))], axis=0)
        if (w > 0).sum() >= options.min_samples and ((w > 0) & s.is_uncensored).sum() >= options.min_uncensored:
            break
        h_t, h_q, h_s = h_t * 1.1, h_q * 1.1, min(h_s * 1.1, 0.5)
    t = s.decimal_year
    x = np.column_stack([np.ones(len(s)), t, s.log_flow, np.sin(2 * np.pi * t), np.cos(2 * np.pi * t)])
    at = np.array([1, year, log_flow, np.sin(2 * np.pi * year), np.cos(2 * np.pi * year)])
    root = np.sqrt(w)
    beta = np.linalg.lstsq(x * root[:, None], s.log_high * root, rcond=None)[0]
    return [at @ beta, np.sqrt(w @ (s.log_high - x @ beta) ** 2 / w.sum())]


@pytest.mark.parametrize(
    "options",
    [
        EGRET,
        Settings(edge_adjust=False),
        Settings(window_years=2.0, window_log_flow=0.4, window_season=0.2),  # widens often
        Settings(window_years=1.0, min_samples=200, min_uncensored=200),
    ],
    ids=["default", "no edge adjustment", "narrow", "many samples"],
)
def test_equal_to_the_steps_written_out(noisy: River, options: Settings) -> None:
    generator = np.random.default_rng(0)
    years = generator.uniform(2000, 2009, 40)  # beyond both ends of the record
    log_flows = generator.uniform(-1.5, 4.5, 40)
    bounds = (2000.75, 2008.75)
    expected = [by_hand(noisy, *point, bounds, options) for point in zip(years, log_flows, strict=True)]
    np.testing.assert_allclose(local_fits(noisy.samples, years, log_flows, bounds, options), expected, rtol=1e-9)


def test_leaving_a_sample_out_is_fitting_without_it(noisy: River) -> None:
    rows = np.array([0, 17, 200, len(noisy.samples) - 1])
    at = (noisy.samples.decimal_year[rows], noisy.samples.log_flow[rows])
    left_out = local_fits(noisy.samples, *at, (2000.75, 2008.75), without=rows)
    for i, row in enumerate(rows):
        rest = noisy.samples.take(np.delete(np.arange(len(noisy.samples)), row))
        alone = local_fits(rest, at[0][[i]], at[1][[i]], (2000.75, 2008.75))
        assert left_out[i].tolist() == alone[0].tolist()


def test_tricube_by_hand() -> None:
    assert [tricube(d, 2.0) for d in (0.0, 1.0, -1.0, 2.0, 3.0)] == [1.0, 0.669921875, 0.669921875, 0.0, 0.0]


def test_season_distance_is_within_half_a_year() -> None:
    found = [season_distance(years) for years in (0.0, 0.25, 0.75, 3.9, -1.5, -6.75)]
    assert found == pytest.approx([0, 0.25, 0.25, 0.1, 0.5, 0.25], abs=1e-15)


def test_near_an_end_the_window_keeps_its_width() -> None:
    at = [time_half_window(year, 1980.0, 2010.0, 7.0) for year in (1980.0, 1983.0, 1987.0, 1995.0, 2009.0, 1979.0)]
    assert at == [14.0, 11.0, 7.0, 7.0, 13.0, 15.0]


def test_expected_concentration_is_the_mean_of_a_lognormal() -> None:
    assert expected_concentration(np.array([[0.0, 0.0], [1.0, 2.0]])).tolist() == [1.0, np.exp(3.0)]
