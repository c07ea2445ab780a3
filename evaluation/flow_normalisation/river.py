"""A section's record, checked: daily flows and the samples taken there.

Belongs here: the two tables the method starts from, what makes them unfit, EGRET's rules for zero flow and repeated
samples. Does not belong here: any estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.flow_normalisation.calendar import Dates, Floats, Ints, Periods, day_slot, decimal_year, periods
from evaluation.flow_normalisation.settings import EGRET, Settings
from evaluation.series import NotAssessable

DATE = "date"
FLOW = "flow_m3_s"
LOW = "low_mg_l"
"""Lower bound of a sample's concentration; null where only "below ``high_mg_l``" is known."""
HIGH = "high_mg_l"
"""Upper bound; equal to the lower one where the value was measured."""

ZERO_FLOW_SHARE = 0.001
"""Share of the mean flow added to every day when a day has none (EGRET ``populateDaily``)."""
MIN_YEARS = 2
"""Whole years of flow, and years the samples span: with one, a change between years cannot be estimated."""


@dataclass(frozen=True)
class Samples:
    """Samples sorted by date and bounds, all (n,); ``log_low`` is -inf where a value is only known to lie below."""

    date: Dates
    decimal_year: Floats
    log_flow: Floats
    log_low: Floats
    log_high: Floats
    flow: Floats

    def __len__(self) -> int:
        return len(self.date)

    @property
    def is_uncensored(self) -> NDArray[np.bool_]:
        """Which values were measured, (n,)."""
        return np.asarray(self.log_low == self.log_high)

    def take(self, rows: Ints) -> Samples:
        """The samples at ``rows``, in that order."""
        return Samples(
            self.date[rows],
            self.decimal_year[rows],
            self.log_flow[rows],
            self.log_low[rows],
            self.log_high[rows],
            self.flow[rows],
        )


@dataclass(frozen=True)
class River:
    """Daily flows (m3/s, > 0, sorted, each day at most once), their calendar, all (d,), and the samples taken then."""

    date: Dates
    flow: Floats
    decimal_year: Floats
    day_slot: Ints
    log_flow: Floats
    periods: Periods
    samples: Samples


def river(flow: pl.DataFrame, samples: pl.DataFrame, settings: Settings = EGRET) -> River:
    """The record of a section.

    ``flow``: ``date``, ``flow_m3_s`` (null = missing). ``samples``: ``date``, ``low_mg_l`` (null = censored, known only
    to lie below), ``high_mg_l``; equal bounds = measured, lower < upper = somewhere between.

    As in EGRET: if any day has no flow, 0.1 % of the mean flow is added to every day (``populateDaily``); of several
    samples on one day those with different values all stay and only repetitions go (``removeDuplicates``); samples on
    days without flow are left out (``mergeReport``). Unlike EGRET: days without flow may be missing.

    Raises NotAssessable: no flow or no sample at all, a day with two flows, negative flow, a concentration that is zero
    or negative, all samples alike, too few samples for leave-one-out regressions, less than two years.
    """
    days = _flows(flow)
    date, volume = days[DATE].to_numpy().astype("datetime64[D]"), days[FLOW].to_numpy()
    span = periods(date, settings.period_start, settings.period_months)
    if len(span.year) < MIN_YEARS:
        raise NotAssessable(
            "too_short", f"flow from {date[0]} to {date[-1]} holds {len(span.year)} whole years of 2 needed"
        )
    return River(
        date=date,
        flow=volume,
        decimal_year=decimal_year(date, settings.year_fraction),
        day_slot=day_slot(date),
        log_flow=np.log(volume),
        periods=span,
        samples=_samples(samples, days, settings),
    )


def _flows(flow: pl.DataFrame) -> pl.DataFrame:
    """Dates and flows, sorted, missing ones left out, zero flow lifted as EGRET does."""
    days = flow.select(pl.col(DATE).cast(pl.Date), pl.col(FLOW).cast(pl.Float64).fill_nan(None)).drop_nulls().sort(DATE)
    if days.is_empty():
        raise NotAssessable("no_values", "the flow record has no value")
    twice = days.filter(pl.col(DATE).is_duplicated())
    if twice.height:
        raise NotAssessable(
            "duplicated_times", f"{twice[DATE].n_unique()} days have two flows, first {twice.item(0, DATE)}"
        )
    volume = days[FLOW]
    if (low := (volume < 0).sum()) or volume.max() == 0:
        raise NotAssessable("not_positive", f"flow is negative on {low} days" if low else "flow is zero on every day")
    if not volume.is_finite().all():
        raise NotAssessable("not_positive", "a flow is infinite")
    if (volume == 0).any():
        days = days.with_columns(pl.col(FLOW) + ZERO_FLOW_SHARE * float(volume.to_numpy().mean()))
    return days


def _samples(samples: pl.DataFrame, days: pl.DataFrame, settings: Settings) -> Samples:
    """Samples on days with flow, checked and sorted."""
    bounds = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in (LOW, HIGH)]
    known = samples.select(pl.col(DATE).cast(pl.Date), *bounds).filter(pl.col(HIGH).is_not_null()).unique()
    if known.is_empty():
        raise NotAssessable("no_values", "there is no sample")
    low = known.filter((pl.col(LOW) <= 0) | (pl.col(HIGH) <= 0)).height
    if low:
        raise NotAssessable("not_positive", f"{low} of {known.height} samples have a bound that is zero or negative")
    upside_down = known.filter(pl.col(LOW) > pl.col(HIGH)).height
    if upside_down:
        raise ValueError(f"{upside_down} samples have {LOW} above {HIGH}: exchange the bounds")
    table = known.join(days, on=DATE).sort(DATE, HIGH, LOW, nulls_last=False)
    date = table[DATE].to_numpy().astype("datetime64[D]")
    result = Samples(
        date=date,
        decimal_year=decimal_year(date, settings.year_fraction),
        log_flow=np.log(table[FLOW].to_numpy()),
        log_low=np.log(table[LOW].fill_null(0.0).to_numpy(), out=np.full(len(date), -np.inf), where=_known(table)),
        log_high=np.log(table[HIGH].to_numpy()),
        flow=table[FLOW].to_numpy(),
    )
    _enough(result, settings)
    return result


def _known(table: pl.DataFrame) -> NDArray[np.bool_]:
    return table[LOW].is_not_null().to_numpy()


def _enough(samples: Samples, settings: Settings) -> None:
    """Raise NotAssessable when leaving one sample out leaves too few (EGRET: more than the minimum must remain)."""
    measured = samples.log_high[samples.is_uncensored]
    for count, minimum, what in (
        (len(samples), settings.min_samples, "samples on days with flow"),
        (len(measured), settings.min_uncensored, "of them uncensored"),
    ):
        if count < minimum + 2:
            raise NotAssessable("too_short", f"{count} {what}, at least {minimum + 2} are needed")
    if measured.min() == measured.max():
        raise NotAssessable(
            "constant_series", f"all {len(measured)} uncensored samples are {np.exp(measured[0]):g} mg/l"
        )
    years = float(samples.decimal_year[-1] - samples.decimal_year[0])
    # two years of monthly samples span 23 months
    if years < MIN_YEARS - 1 / 12:
        raise NotAssessable("too_short", f"samples span {years:.2f} years of {MIN_YEARS} needed")
