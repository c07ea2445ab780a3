"""Equal to EGRET 3.0.12 on its own Choptank River; censoring shown there with values hidden below a limit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import optimize, stats

from evaluation.flow_normalisation.annual import change_table, results_table
from evaluation.flow_normalisation.local_fits import local_fits
from evaluation.flow_normalisation.settings import Settings
from evaluation.flow_normalisation.wrtds import Wrtds, wrtds

ANNUAL = {
    "decimal_year": "DecYear",
    "flow_m3_s": "Q",
    "concentration_mg_l": "Conc",
    "flux_kg_d": "Flux",
    "fn_concentration_mg_l": "FNConc",
    "fn_flux_kg_d": "FNFlux",
}


def test_annual_results(choptank: Wrtds, shared_data: Path) -> None:
    egret = pl.read_csv(shared_data / "effort" / "choptank_egret_annual.csv")
    assert choptank.annual["year"].to_list() == list(range(1980, 2012))
    for ours, theirs in ANNUAL.items():
        np.testing.assert_allclose(choptank.annual[ours].to_numpy(), egret[theirs].to_numpy(), rtol=1e-8, err_msg=ours)


def test_leave_one_out(choptank: Wrtds, shared_data: Path) -> None:
    egret = pl.read_csv(shared_data / "effort" / "choptank_egret_sample_cv.csv", null_values="NA", try_parse_dates=True)
    ours = choptank.cross_validation
    assert ours["date"].to_list() == egret["Date"].to_list()
    assert ours["low_mg_l"].null_count() == 1
    for name, theirs in {"log_concentration": "yHat", "standard_error": "SE", "concentration_mg_l": "ConcHat"}.items():
        np.testing.assert_allclose(ours[name].to_numpy(), egret[theirs].to_numpy(), rtol=1e-8, err_msg=name)


def test_results_table_in_egrets_rounding(choptank: Wrtds, shared_data: Path) -> None:
    egret = pl.read_csv(shared_data / "effort" / "choptank_egret_table_results.csv")
    assert results_table(choptank.annual).equals(egret)


def test_flux_bias_and_change_since_1980(choptank: Wrtds) -> None:
    """Figures of EGRET's run: flux bias -0.0250; 1980 to 2010 +0.48 mg/l (+50 %) and +0.045 million kg/yr (+42 %)."""
    assert round(choptank.flux_bias.mean, 4) == -0.025
    until_2010 = change_table(choptank.annual.filter(pl.col("year") <= 2010))
    concentration, flux = until_2010.filter(pl.col("first_year") == 1980, pl.col("last_year") == 2010).rows(named=True)
    assert (round(concentration["change"], 2), round(concentration["change_percent"])) == (0.48, 50)
    assert (round(flux["change"] * 365.25e-6, 3), round(flux["change_percent"])) == (0.045, 42)
    assert concentration["change_per_year"] == pytest.approx(concentration["change"] / 30, rel=1e-12)
    points = sorted(set(until_2010["first_year"]) | set(until_2010["last_year"]))
    assert points == [1980, 1985, 1990, 1995, 2000, 2005, 2010]


@pytest.fixture(scope="module")
def hidden(choptank_flow: pl.DataFrame, choptank_samples: pl.DataFrame) -> Wrtds:
    """The samples as a laboratory with a detection limit of 1 mg/l would have reported them: 214 of 606 censored."""
    known = choptank_samples.with_columns(
        low_mg_l=pl.when(pl.col("high_mg_l") < 1).then(None).otherwise("low_mg_l"),
        high_mg_l=pl.max_horizontal("high_mg_l", pl.lit(1.0)),
    )
    return wrtds(choptank_flow, known)


@pytest.mark.parametrize(("year", "log_flow"), [(1981.3, 0.2), (1994.0, 1.5), (2004.9, -0.6), (2011.6, 2.8)])
def test_censored_fit_is_scipys_maximum_of_the_same_likelihood(hidden: Wrtds, year: float, log_flow: float) -> None:
    s = hidden.river.samples
    # windows wide enough that no widening is needed: the weights are three tricubes
    windows = Settings(window_years=40, window_log_flow=9, edge_adjust=False)
    dt, dq = np.abs(s.decimal_year - year), np.abs(s.log_flow - log_flow)
    ds = np.abs(dt - np.round(dt))
    w = np.prod([(1 - (d / h) ** 3) ** 3 for d, h in ((dt, 40), (dq, 9), (ds, 0.5))], axis=0)
    t = s.decimal_year - year
    x = np.column_stack(
        [
            np.ones(len(t)),
            t,
            s.log_flow - log_flow,
            np.sin(2 * np.pi * s.decimal_year),
            np.cos(2 * np.pi * s.decimal_year),
        ]
    )
    here = np.array([1, 0, 0, np.sin(2 * np.pi * year), np.cos(2 * np.pi * year)])
    measured = s.is_uncensored

    def score(p: np.ndarray) -> np.ndarray:
        """Derivative of the weighted log-likelihood by (beta, ln sigma), in the usual parameters."""
        sigma = np.exp(p[-1])
        z = (s.log_high - x @ p[:-1]) / sigma
        slope = np.where(measured, z, -np.exp(stats.norm.logpdf(z) - stats.norm.logcdf(z)))
        return np.append((w * slope / sigma) @ x, w @ np.where(measured, z * z - 1, slope * z))

    def minus(p: np.ndarray) -> float:
        z = (s.log_high - x @ p[:-1]) / np.exp(p[-1])
        return -float(w @ np.where(measured, stats.norm.logpdf(z) - p[-1], stats.norm.logcdf(z)))

    start = np.append(np.linalg.lstsq(x, s.log_high, rcond=None)[0], np.log(0.4))
    near = optimize.minimize(minus, start, jac=lambda p: -score(p), method="BFGS").x
    best = optimize.root(score, near, tol=1e-14).x
    found = local_fits(s, [year], [log_flow], (1979.75, 2011.75), windows)[0]
    np.testing.assert_allclose(found, [here @ best[:-1], np.exp(best[-1])], rtol=1e-7)


def test_hiding_low_values_leaves_the_trend(choptank: Wrtds, hidden: Wrtds) -> None:
    """35 % censored: flow-normalised concentrations stay within 5 % of those from all values."""
    assert (~hidden.river.samples.is_uncensored).sum() == 214
    ratio = hidden.annual["fn_concentration_mg_l"] / choptank.annual["fn_concentration_mg_l"]
    assert ratio.min() > 0.95
    assert ratio.max() < 1.05
