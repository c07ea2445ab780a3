"""total = effort + luck, in logarithms, between two periods of the same calendar months.

    total = ln(C_e / C_b)    effort = ln(N_e / N_b)    luck = total − effort

C observed, N normalised; each the mean over calendar months of the mean over years, so that a gap in one year's winter
does not turn into effort. Belongs here: periods, which months are compared, the identity. Does not belong here: where
N comes from, its uncertainty, or whether the numbers may be shown (``completeness``, ``grade``).
Source: 11_effort_methods.md, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from ``start`` to the day before ``end``. Raises ValueError for anything else."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start.day != 1 or self.end.day != 1 or self.start >= self.end:
            raise ValueError(f"a period runs from the first of a month to the first of a later one: {self}")

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"

    @staticmethod
    def year(year: int) -> Period:
        """The calendar year."""
        return Period(date(year, 1, 1), date(year + 1, 1, 1))

    def holds(self, at: NDArray[np.datetime64]) -> Bools:
        """Which times lie inside."""
        inside: Bools = (at >= np.datetime64(self.start)) & (at < np.datetime64(self.end))
        return inside

    @property
    def months(self) -> NDArray[np.datetime64]:
        """Its months, datetime64[M]."""
        return np.arange(np.datetime64(self.start, "M"), np.datetime64(self.end, "M"))


@dataclass(frozen=True)
class Weights:
    """Weights of the months (M,) in the means of base and evaluation; each sums to 1, zero = not compared."""

    base: Floats
    evaluation: Floats

    def log_ratio(self, log_level: Floats) -> Floats:
        """ln(mean of the evaluation / mean of the base) of ``log_level`` (…, M): one number per leading index."""
        level = np.exp(np.where((self.base + self.evaluation) > 0, log_level, 0.0))
        ratio: Floats = np.log(level @ self.evaluation) - np.log(level @ self.base)
        return ratio


def weights(month: NDArray[np.datetime64], counts: Bools, base: Period, evaluation: Period) -> Weights:
    """Weights of ``month`` (M, datetime64[M]) so that both periods hold the same calendar months, equally.

    ``counts`` says which months are complete enough. All weights are zero when no calendar month is in both.
    """
    calendar = month.astype(np.int64) % 12
    day = month.astype("datetime64[D]")
    inside = [counts & period.holds(day) for period in (base, evaluation)]
    per_calendar_month = [np.bincount(calendar[mask], minlength=12) for mask in inside]
    shared = (per_calendar_month[0] > 0) & (per_calendar_month[1] > 0)
    n_shared = max(int(shared.sum()), 1)
    w_base, w_evaluation = (
        np.where(mask & shared[calendar], 1.0 / (n_shared * np.maximum(years[calendar], 1)), 0.0)
        for mask, years in zip(inside, per_calendar_month, strict=True)
    )
    return Weights(w_base, w_evaluation)


@dataclass(frozen=True)
class Decomposition:
    """Four levels in the unit of the series, and what follows from them."""

    observed_base: float
    observed: float
    normalised_base: float
    normalised: float

    @property
    def total_log(self) -> float:
        """Log of the observed ratio."""
        return float(np.log(self.observed / self.observed_base))

    @property
    def effort_log(self) -> float:
        """Log of the normalised ratio; below zero = less pollution by effort."""
        return float(np.log(self.normalised / self.normalised_base))

    @property
    def luck_log(self) -> float:
        """What is left of the total: weather, below zero = favourable."""
        return self.total_log - self.effort_log


def decompose(observed: Floats, log_normalised: Floats, weight: Weights) -> Decomposition:
    """The split between two periods from monthly means (M,) and log normalised levels (M,).

    Months without weight are not read.
    """

    def mean(level: Floats, w: Floats) -> float:
        return float(level[w > 0] @ w[w > 0])

    normalised = np.exp(log_normalised)
    return Decomposition(
        observed_base=mean(observed, weight.base),
        observed=mean(observed, weight.evaluation),
        normalised_base=mean(normalised, weight.base),
        normalised=mean(normalised, weight.evaluation),
    )


def percent(log_change: float) -> float:
    """A log change in percent, for people: exp − 1."""
    return 100.0 * float(np.expm1(log_change))
