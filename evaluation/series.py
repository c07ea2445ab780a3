"""One series under evaluation, and what makes a series unfit for any method.

Belongs here: the table every method starts from, its checks, and :class:`NotAssessable`, the one way in which a method
says "no number can be given". Does not belong here: a method, a score, or a threshold that only one method needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import polars as pl

AT = "at"
"""Local clock time at which an interval of the series starts: naive datetime, equal steps."""
VALUE = "value"
"""The measured value, null where it is missing or was not valid."""

Reason = Literal[
    "no_values",
    "duplicated_times",
    "constant_series",
    "not_positive",
    "too_many_gaps",
    "too_short",
    "no_weather",
    "baseline_incomplete",
    "evaluation_incomplete",
    "skill_too_low",
    "weather_outside_pool",
]
"""Why no number can be given. Words for people live with the page and the catalog, not here."""


class NotAssessable(Exception):  # noqa: N818 – a finding about a series, not a fault of the program
    """A series, or a period of it, of which no effort can be stated: a code, and the measured fact in ``detail``."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Series:
    """Values at equal steps with the weather that went with them.

    ``frame`` has one row per step, sorted, no step left out: column ``at`` (Datetime, local clock, naive), ``value``
    (Float64, in ``unit``; null = missing) and one Float64 column for each name in ``weather`` (unit in the name).
    """

    key: str
    unit: str
    step: timedelta
    weather: tuple[str, ...]
    frame: pl.DataFrame


def series(key: str, frame: pl.DataFrame, *, unit: str, weather: Sequence[str], step: timedelta) -> Series:
    """``frame`` as a :class:`Series`: sorted, one row per step from first value to last, missing steps as nulls.

    Raises NotAssessable for what no method can work with: no value at all, a time twice, a constant, values that are
    zero or below (a concentration's logarithm does not exist), weather that is missing altogether.
    """
    names = list(weather)
    given = frame.select(pl.col(AT).cast(pl.Datetime("us")), *(_known(name) for name in [VALUE, *names]))
    twice = given.filter(pl.col(AT).is_duplicated())
    if twice.height:
        raise NotAssessable(
            "duplicated_times", f"{twice[AT].n_unique()} times occur more than once, first {twice.sort(AT)[0, AT]}"
        )
    known = given.filter(pl.col(VALUE).is_not_null())
    if known.is_empty():
        raise NotAssessable("no_values", "the series has no value")
    if known[VALUE].n_unique() == 1:
        raise NotAssessable("constant_series", f"all {known.height} values are {known[VALUE][0]}")
    low = known.filter((pl.col(VALUE) <= 0) | pl.col(VALUE).is_infinite()).height
    if low:
        raise NotAssessable("not_positive", f"{low} of {known.height} values are zero, negative or infinite")
    for name in names:
        if known[name].null_count() == known.height:
            raise NotAssessable("no_weather", f"{name} is missing on all {known.height} steps with a value")
    steps = known.select(pl.datetime_range(pl.col(AT).min(), pl.col(AT).max(), interval=step))
    return Series(key, unit, step, tuple(names), steps.join(given, on=AT, how="left").sort(AT))


def _known(name: str) -> pl.Expr:
    """The column as Float64, not-a-number as missing; infinite weather is missing too, an infinite value is refused."""
    number = pl.col(name).cast(pl.Float64).fill_nan(None)
    return number if name == VALUE else pl.when(number.is_finite()).then(number).alias(name)
