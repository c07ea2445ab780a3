"""Effort and luck of a river: flow-normalised change against the change that was seen.

Belongs here: the split between two sets of years, for a section and for what a county adds between its border and its
outlet. Does not belong here: interval, grade, words (``evaluation.score``).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from evaluation.flow_normalisation.bootstrap import Quantity, Replicates
from evaluation.flow_normalisation.calendar import Floats
from evaluation.series import NotAssessable, Reason

QUANTITIES: tuple[Quantity, ...] = ("concentration", "flux")
OBSERVED: dict[Quantity, str] = {"concentration": "concentration_mg_l", "flux": "flux_kg_d"}
NORMALISED: dict[Quantity, str] = {"concentration": "fn_concentration_mg_l", "flux": "fn_flux_kg_d"}
"""Columns of :func:`evaluation.flow_normalisation.annual.annual`."""


class Effort(NamedTuple):
    """Change from baseline to evaluation years in natural logs; ``total_log`` = ``effort_log`` + ``luck_log``.

    ``observed*``, ``normalised*``: means over the years, mg/l or kg/day.
    """

    observed_base: float
    observed: float
    normalised_base: float
    normalised: float
    total_log: float
    effort_log: float
    luck_log: float


def effort(annual: pl.DataFrame, quantity: Quantity, baseline: Collection[int], evaluation: Collection[int]) -> Effort:
    """Split of the change of ``quantity`` between two sets of years.

    total = ln(C_e/C_b) of the estimates with the flows that came, effort = ln(N_e/N_b) of the flow-normalised ones,
    luck = total - effort, C and N being means of annual values over the years of each set (as EGRET ``runGroups``
    averages groups of years). ``annual``: table of :func:`~evaluation.flow_normalisation.annual.annual` or of
    :func:`own_flux`.

    Raises NotAssessable: a year is not in the table or has no sample of its own (nothing is extrapolated), or a mean is
    not positive (own flux: more came in than went out). Raises ValueError when a set of years is empty.
    """
    base = _means(annual, quantity, baseline, "baseline_incomplete")
    now = _means(annual, quantity, evaluation, "evaluation_incomplete")
    total, change = math.log(now[0] / base[0]), math.log(now[1] / base[1])
    return Effort(base[0], now[0], base[1], now[1], total, change, total - change)


def effort_by_year(annual: pl.DataFrame, quantity: Quantity, baseline: Collection[int]) -> pl.DataFrame:
    """:func:`effort` of each year of ``annual`` with samples against ``baseline``: ``year`` and the fields of Effort.

    Years whose own value is not positive are left out; raises NotAssessable when the baseline cannot be used.
    """
    _means(annual, quantity, baseline, "baseline_incomplete")
    usable = annual.filter(
        pl.col("n_samples") > 0, pl.col(OBSERVED[quantity]) > 0, pl.col(NORMALISED[quantity]) > 0
    ).sort("year")
    rows = [(year, *effort(annual, quantity, baseline, [year])) for year in usable["year"].to_list()]
    schema = {"year": pl.Int64} | dict.fromkeys(Effort._fields, pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def own_flux(outlet: pl.DataFrame, inlets: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """What is added between the border and the outlet: flux out - sum of fluxes in, as they flowed and flow-normalised.

    Tables of :func:`~evaluation.flow_normalisation.annual.annual`; result: ``year``, ``flux_kg_d``, ``fn_flux_kg_d``,
    ``n_samples`` (the least of the sections') for the years every section has. What settles or is consumed on the way
    counts as removed by the county. Raises NotAssessable when no year is common to all.
    """
    columns = ["flux_kg_d", "fn_flux_kg_d"]
    own = outlet.select("year", *columns, "n_samples")
    for inlet in inlets:
        both = own.join(inlet.select("year", *columns, "n_samples"), on="year", suffix="_in")
        own = both.select(
            "year",
            *(pl.col(name) - pl.col(f"{name}_in") for name in columns),
            pl.min_horizontal("n_samples", "n_samples_in").alias("n_samples"),
        )
    if own.is_empty():
        raise NotAssessable("too_short", "the records of outlet and inflow have no year in common")
    return own.sort("year")


def own_replicates(outlet: Replicates, inlets: Sequence[Replicates]) -> Replicates:
    """:func:`own_flux` of every replicate, flow-normalised flux only, for the years every section has.

    Draw the sections with the same seed and number of replicates. Raises ValueError when their numbers differ.
    """
    sections = [outlet, *inlets]
    if len({len(section.values["flux"]) for section in sections}) > 1:
        raise ValueError("outlet and inlets have different numbers of replicates: draw the same number of each")
    years = outlet.year
    for inlet in inlets:
        years = np.intersect1d(years, inlet.year)
    out, *into = (section.values["flux"][:, np.isin(section.year, years)] for section in sections)
    return Replicates(years, {"flux": out - sum(into, start=np.zeros_like(out))})


def replicate_efforts(
    replicates: Replicates, quantity: Quantity, baseline: Collection[int], evaluation: Collection[int]
) -> Floats:
    """``effort_log`` of each replicate, (r,): what an interval is made of.

    EGRETci reflects them at the estimate (2 effort - replicate, ``wBT``) before it takes quantiles; here they are as
    drawn. Raises NotAssessable when a year is missing, or a replicate's mean is not positive: what is left cannot be
    told from nothing.
    """
    means = []
    reasons: tuple[Reason, Reason] = ("baseline_incomplete", "evaluation_incomplete")
    for years, reason in zip((baseline, evaluation), reasons, strict=True):
        values = replicates.values[quantity][:, np.isin(replicates.year, list(years))]
        if values.shape[1] < len(set(years)) or np.isnan(values).any():
            raise NotAssessable(reason, f"not every year of {_words(years)} has replicates")
        means.append(values.mean(axis=1))
    low = int(((means[0] <= 0) | (means[1] <= 0)).sum())
    if low:
        raise NotAssessable("not_positive", f"{quantity} is not positive in {low} of {len(means[0])} replicates")
    return np.asarray(np.log(means[1] / means[0]))


def _means(annual: pl.DataFrame, quantity: Quantity, years: Collection[int], reason: Reason) -> tuple[float, float]:
    """Mean observed and flow-normalised value over ``years``, both positive."""
    if not years:
        raise ValueError("no year given: name at least one of the baseline and one of the evaluation")
    wanted = pl.Series("year", sorted(set(years)), dtype=pl.Int64)
    rows = annual.filter(pl.col("year").is_in(wanted.implode()), pl.col("n_samples") > 0).sort("year")
    if rows.height < len(wanted):
        absent = sorted(set(wanted.to_list()) - set(rows["year"].to_list()))
        raise NotAssessable(reason, f"no result with samples of its own in {_words(absent)}")
    observed, normalised = (float(rows[names[quantity]].to_numpy().mean()) for names in (OBSERVED, NORMALISED))
    if min(observed, normalised) <= 0:
        raise NotAssessable(
            "not_positive", f"mean {quantity} of {_words(years)} is {observed:.4g}, flow-normalised {normalised:.4g}"
        )
    return observed, normalised


def _words(years: Collection[int]) -> str:
    return ", ".join(map(str, sorted(years)))
