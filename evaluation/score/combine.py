"""A city's score from its stations and pollutants by declared weights, with the interval from their common replicates.

The score of a group is the weighted mean of its members' log changes, so total = effort + luck holds for it as well and
a station with high concentrations does not outweigh the others. Belongs here: the mean, its coverage, its interval.
Does not belong here: the weights (an edition's data).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.score.assess import Assessment, Estimate
from evaluation.score.bootstrap import half_width
from evaluation.score.decomposition import Period
from evaluation.score.grade import Caveat, Grade, grade
from evaluation.series import Reason

COVERAGE = 0.75
"""Least weight of the assessable members: below it a city's score would be that of a part of the city (the 75 % of
``ScoreSettings.step_share``; HJ 663-2013 asks the same share of a city's stations)."""


@dataclass(frozen=True)
class Combined:
    """The score of a group in one period; log changes are None exactly when the grade is ``not_assessable``.

    ``coverage``: weight of the members that could be assessed. ``left_out``: the others, each with its reason.
    """

    key: str
    baseline: Period
    evaluation: Period
    grade: Grade
    coverage: float
    left_out: Mapping[str, Reason | None]
    caveat: Caveat | None
    total_log: float | None = None
    effort_log: float | None = None
    luck_log: float | None = None
    effort_lower_log: float | None = None
    effort_upper_log: float | None = None
    reason: Reason | None = None
    detail: str | None = None


def combine(
    key: str,
    members: Mapping[str, Assessment],
    weights: Mapping[str, float],
    *,
    confidence: float,
    resolution: float,
    least_coverage: float = COVERAGE,
) -> Combined:
    """The weighted score of ``members`` (same names as ``weights``, which sum to 1), all of the same two periods.

    A member that is not assessable is left out and the weights of the others are scaled to 1. Replicates that hold the
    noise of the same days are averaged draw by draw, so that what stations have in common is not averaged away; members
    drawn otherwise are taken as fully dependent, which can only widen the interval.

    ``confidence`` and ``resolution`` as in ``ScoreSettings``. Raises ValueError for weights that are negative, do not
    sum to 1 or do not name the members, and for mixed periods.
    """
    _check(members, weights)
    first = next(iter(members.values()))
    used = {name: m.estimate for name, m in sorted(members.items()) if m.estimate is not None and weights[name] > 0}
    coverage = sum(weights[name] for name in used)
    blank = Combined(
        key=key,
        baseline=first.baseline,
        evaluation=first.evaluation,
        grade="not_assessable",
        coverage=coverage,
        left_out={name: m.reason for name, m in sorted(members.items()) if m.estimate is None},
        caveat=next((m.caveat for name, m in members.items() if m.caveat and name in used), None),
    )
    if coverage < least_coverage or not used:
        return _null(blank, least_coverage)
    share = np.array([weights[name] / coverage for name in used])
    estimates = list(used.values())
    effort = float(share @ [e.split.effort_log for e in estimates])
    total = float(share @ [e.split.total_log for e in estimates])
    half = _half_width(share, estimates, confidence)
    return Combined(
        **{
            **vars(blank),
            "grade": grade(effort - half, effort + half, resolution=resolution),
            "total_log": total,
            "effort_log": effort,
            "luck_log": total - effort,
            "effort_lower_log": effort - half,
            "effort_upper_log": effort + half,
        }
    )


def _half_width(
    share: np.ndarray[tuple[int], np.dtype[np.float64]], estimates: list[Estimate], confidence: float
) -> float:
    degrees = min(e.degrees for e in estimates)
    if len({(e.draw, e.errors.size) for e in estimates}) == 1:
        errors = share @ np.array([e.errors for e in estimates])
        return float(half_width(errors, confidence=confidence, degrees=degrees))
    each = [half_width(e.errors, confidence=confidence, degrees=degrees) for e in estimates]
    return float(share @ np.array(each))


def _null(blank: Combined, least: float) -> Combined:
    """No number: the reason of the heaviest kind is the most frequent one among those left out."""
    reasons = [r for r in blank.left_out.values() if r is not None]
    most = max(sorted(set(reasons)), key=reasons.count)
    return Combined(
        **{
            **vars(blank),
            "reason": most,
            "detail": f"members with {blank.coverage:.0%} of the weight can be assessed; {least:.0%} are needed",
        }
    )


def _check(members: Mapping[str, Assessment], weights: Mapping[str, float]) -> None:
    if not members or set(members) != set(weights):
        raise ValueError(f"members {sorted(members)} and weights {sorted(weights)} must have the same names")
    if min(weights.values()) < 0 or abs(sum(weights.values()) - 1.0) > 1e-9:
        raise ValueError(f"weights must not be negative and sum to 1, they sum to {sum(weights.values()):.6f}")
    if len({(m.baseline, m.evaluation) for m in members.values()}) > 1:
        raise ValueError("members must be assessed over the same baseline and evaluation")
