"""The grade, read from the interval and never from the point.

Belongs here: the four grades and the caveats that a pollutant carries. Does not belong here: words for people.
"""

from __future__ import annotations

from typing import Literal

Grade = Literal["improved", "no_evidence", "worsened", "not_assessable"]
Caveat = Literal["secondary_pollutant"]

SECONDARY_POLLUTANTS = frozenset({"o3", "o3_8h", "pm25"})
"""Formed in the air from other substances: their response to emissions is not linear, so effort here is a change of
normalised concentration, not of emissions (11_effort_methods.md, section 3, pitfall 10)."""


def grade(effort_lower_log: float, effort_upper_log: float, *, resolution: float) -> Grade:
    """Less pollution by effort, none shown, or more.

    Evidence is an interval of the log change that lies beyond ``resolution`` on one side of zero: what the method
    cannot tell from nothing is no effort (``ScoreSettings.resolution``).
    """
    if effort_upper_log < -resolution:
        return "improved"
    if effort_lower_log > resolution:
        return "worsened"
    return "no_evidence"


def caveat_of(item: str | None) -> Caveat | None:
    """The caveat that every score of ``item`` carries."""
    return "secondary_pollutant" if item in SECONDARY_POLLUTANTS else None
