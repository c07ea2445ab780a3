"""What a score must survive before it is shown: placebo dates, placebo stations, truncation.

Belongs here: the three tests as rows. Does not belong here: the choice of dates and control stations (an edition's
data), or what is done with a failed test (the page shows it beside the score).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from evaluation.score.assess import Assessment, Assessments, Evaluated, evaluate, judge
from evaluation.score.bootstrap import half_width
from evaluation.score.decomposition import decompose
from evaluation.score.step import step_log
from evaluation.series import AT, NotAssessable

Kind = Literal["placebo_date", "placebo_station", "truncation"]


@dataclass(frozen=True)
class Backtest:
    """One test of one series. ``passed`` is None when it could not be made; ``detail`` then says why."""

    series_key: str
    kind: Kind
    name: str
    year: int | None
    effort_log: float | None = None
    lower_log: float | None = None
    upper_log: float | None = None
    moved_log: float | None = None
    passed: bool | None = None
    detail: str | None = None


def placebo_dates(
    assessments: Assessments, dates: Sequence[date], *, policy_dates: Sequence[date] = ()
) -> list[Backtest]:
    """Steps at dates on which nothing was decided; passed when the interval holds zero.

    At the confidence of the edition one date in ten fails by chance (90 %). A step is counted beside a linear trend and
    a season over the whole record (``step.step_log``), so a steady improvement is no step; the steps
    at ``policy_dates`` are fitted beside it, or they would show at every other date. No rows when the series had
    no replicates, i.e. no assessable period.
    """
    evaluated = assessments.evaluated
    if evaluated is None or evaluated.replicates is None:
        return []
    return [_placebo_date(evaluated, when, policy_dates) for when in dates]


def _placebo_date(evaluated: Evaluated, when: date, known: Sequence[date]) -> Backtest:
    row = Backtest(evaluated.series.key, "placebo_date", str(when), when.year)
    months, replicates = evaluated.months, evaluated.replicates
    assert replicates is not None
    try:
        step = float(step_log(months.month, months.log_normalised, when, beside=known))
    except ValueError as why:
        return replace(row, detail=str(why))
    errors = step_log(months.month, replicates.errors, when, beside=known)
    half = float(half_width(errors, confidence=evaluated.settings.confidence, degrees=replicates.degrees))
    return replace(row, effort_log=step, lower_log=step - half, upper_log=step + half, passed=abs(step) <= half)


def placebo_station(target: Assessment, control: Assessment) -> Backtest:
    """A station that should not have moved, in the period of ``target``; passed when its interval holds zero.

    ``moved_log`` is the target's effort less the control's: what is left when the region's common change is taken off.
    """
    row = Backtest(target.series_key, "placebo_station", control.series_key, target.evaluation.start.year)
    if control.estimate is None:
        return replace(row, detail=f"{control.series_key}: {control.reason}: {control.detail}")
    effort, lower, upper = (
        control.estimate.split.effort_log,
        control.estimate.effort_lower_log,
        control.estimate.effort_upper_log,
    )
    moved = None if target.estimate is None else target.estimate.split.effort_log - effort
    return replace(
        row, effort_log=effort, lower_log=lower, upper_log=upper, moved_log=moved, passed=lower <= 0.0 <= upper
    )


def truncation(assessments: Assessments, *, policy_dates: Sequence[date] = ()) -> list[Backtest]:
    """Every assessable period again as it would have been scored on its last day, without the data that came later.

    ``effort_log`` is the score of that day, the interval is today's, ``moved_log`` = today's score less that day's.
    Passed when that day's score lies inside today's interval. The pool stays frozen. One refit for each period.
    """
    evaluated = assessments.evaluated
    if evaluated is None:
        return []
    return [_truncated(evaluated, a, policy_dates) for a in assessments.years if a.estimate is not None]


def _truncated(evaluated: Evaluated, today: Assessment, policy_dates: Sequence[date]) -> Backtest:
    assert today.estimate is not None
    end = today.evaluation.end
    row = Backtest(today.series_key, "truncation", f"known on {end}", today.evaluation.start.year)
    series = evaluated.series
    frame = series.frame.filter(pl.col(AT) < end)
    dropped = series.frame.height - frame.height
    if dropped == 0:
        return replace(row, detail="nothing is known after this period yet")
    known = [d for d in policy_dates if d < end]
    try:
        then = evaluate(replace(series, frame=frame), evaluated.pool, evaluated.settings, known)
    except NotAssessable as why:
        return replace(row, detail=str(why))
    checked, weight = judge(today, then)
    if weight is None:
        return replace(row, detail=f"{checked.reason}: {checked.detail}")
    effort = decompose(then.observed, then.months.log_normalised, weight).effort_log
    lower, upper = today.estimate.effort_lower_log, today.estimate.effort_upper_log
    return replace(
        row,
        effort_log=effort,
        lower_log=lower,
        upper_log=upper,
        moved_log=today.estimate.split.effort_log - effort,
        passed=bool(np.clip(effort, lower, upper) == effort),
        detail=f"without the {dropped} steps after {end}",
    )
