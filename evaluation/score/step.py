"""A step at a known date: the coefficient of a step beside a trend and a season, as a fixed weighting of months.

    log level = a + b t + step · 1[t ≥ date] + c sin + d cos + e

Being linear in the months, the same weights give the step of every bootstrap replicate, hence its interval. Source:
11_effort_methods.md, section 2 (how methods were compared). Does not belong here: what is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def step_log(month: NDArray[np.datetime64], log_level: Floats, when: date, *, beside: Sequence[date] = ()) -> Floats:
    """The step (…,) at ``when`` in ``log_level`` (…, M) over ``month`` (M, datetime64[M]); the date's month is "after".

    ``beside``: dates of other, known steps, which are fitted with it.
    Raises ValueError when fewer than six months lie before or after it: trend and season would be one with the step.
    """
    t = month.astype("datetime64[M]").astype(np.int64)
    after, *others = (t >= np.datetime64(d, "M").astype(np.int64) for d in (when, *beside))
    if min(after.sum(), (~after).sum()) < 6:
        raise ValueError(f"a step at {when} needs six months on each side, has {(~after).sum()} and {after.sum()}")
    years = (t - t.mean()) / 12
    year = 2 * np.pi * t / 12
    table = np.column_stack([np.ones(t.size), after.astype(np.float64), years, np.sin(year), np.cos(year), *others])
    weight = np.linalg.pinv(table)[1]
    step: Floats = log_level @ weight
    return step
