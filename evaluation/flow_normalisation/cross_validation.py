"""Leave-one-out estimates of every sample, and what they say about the model.

Does not belong here: a threshold of skill (``evaluation.score``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from evaluation.flow_normalisation.local_fits import expected_concentration, local_fits
from evaluation.flow_normalisation.river import DATE, River
from evaluation.flow_normalisation.settings import EGRET, Settings


def cross_validation(river: River, settings: Settings = EGRET) -> pl.DataFrame:
    """Every sample estimated from all others (EGRET ``estCrossVal``), one row each, in the order of ``river.samples``.

    Columns: ``date``, ``flow_m3_s``, ``low_mg_l`` (null = known only to lie below), ``high_mg_l``,
    ``log_concentration``, ``standard_error``, ``concentration_mg_l``. The edge adjustment measures from the first and
    last day of flow.
    """
    samples = river.samples
    bounds = (float(river.decimal_year[0]), float(river.decimal_year[-1]))
    own_row = np.arange(len(samples))
    fits = local_fits(samples, samples.decimal_year, samples.log_flow, bounds, settings, without=own_row)
    return pl.DataFrame(
        {
            DATE: samples.date,
            "flow_m3_s": samples.flow,
            "low_mg_l": np.exp(samples.log_low),
            "high_mg_l": np.exp(samples.log_high),
            "log_concentration": fits[:, 0],
            "standard_error": fits[:, 1],
            "concentration_mg_l": expected_concentration(fits),
        }
    ).with_columns(pl.col("low_mg_l").replace(0.0, None))


class FluxBias(NamedTuple):
    """(estimated - observed)/estimated flux over the sampled days, censored samples at their upper and lower bounds."""

    upper_bounds: float
    lower_bounds: float
    mean: float


def flux_bias(validated: pl.DataFrame) -> FluxBias:
    """The flux bias statistic of a :func:`cross_validation` (Hirsch 2014, JAWRA 50(6); EGRET ``fluxBiasStat``).

    Within ±0.1 EGRET's guide calls the fluxes near unbiased.
    """
    flow = pl.col("flow_m3_s")
    observed_low, observed_high, estimated = validated.select(
        (flow * pl.col("low_mg_l")).sum().alias("low"),
        (flow * pl.col("high_mg_l")).sum().alias("high"),
        (flow * pl.col("concentration_mg_l")).sum().alias("estimated"),
    ).row(0)
    high, low = (estimated - observed_high) / estimated, (estimated - observed_low) / estimated
    return FluxBias(high, low, (high + low) / 2)


class Skill(NamedTuple):
    """Leave-one-out Nash-Sutcliffe efficiency of ln concentration and of ln flux."""

    log_concentration: float
    log_flux: float


def skill(validated: pl.DataFrame) -> Skill:
    """1 - sum r^2 / sum (y - mean y)^2 of a :func:`cross_validation`, y = ln of the upper bound.

    r is how far the estimate lies outside the sample's bounds: the residual where it was measured, 0 where a censored
    sample allows the estimate. Censoring hides the variation a model could explain, so skill falls with it; that of ln
    flux, most of which is flow, is no evidence for the model of concentration.
    """
    high, estimate = np.log(validated["high_mg_l"].to_numpy()), validated["log_concentration"].to_numpy()
    low = np.log(
        validated["low_mg_l"].to_numpy(), where=validated["low_mg_l"].is_not_null().to_numpy(), out=high - np.inf
    )
    squares = ((estimate - np.clip(estimate, low, high)) ** 2).sum()
    log_flux = high + np.log(validated["flow_m3_s"].to_numpy())
    return Skill(*(float(1 - squares / ((y - y.mean()) ** 2).sum()) for y in (high, log_flux)))
