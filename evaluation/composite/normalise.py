"""Raw values onto a common scale, one column at a time, higher always better afterwards.

Sources: OECD/JRC Handbook (Nardo et al. 2008), section 5, for all but ``threshold_score``, the 60–100 scoring of
Chinese assessment rules. Does not belong here: fixing the bounds of an edition (the definition does).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled
from evaluation.composite.definition import Goalposts, MinMax, Normalisation, Rank, TargetDistance, ZScore

NORMALISATIONS = (
    "goalposts",
    "min_max",
    "z_score",
    "rank",
    "borda",
    "percentile",
    "target_distance",
    "threshold_score",
)
"""Methods by the number the kernels know them by."""
PASS_SCORE, FULL_SCORE = 60.0, 100.0
N_PARAMETERS = 5


def normalise(
    values: NDArray[np.float64], rule: Normalisation, directions: NDArray[np.float64] | Literal["higher", "lower"]
) -> NDArray[np.float64]:
    """Every column of ``values`` [rows × columns] on the scale of ``rule``, all rows being the panel. NaN stays NaN.

    ``directions`` [columns]: 1 where higher is better, −1 where lower is.
    """
    if isinstance(directions, str):
        directions = np.full(values.shape[1], 1.0 if directions == "higher" else -1.0)
    method, parameters = in_numbers(rule)
    out = np.array(values, dtype=np.float64)
    panel = np.ones(len(out), np.bool_)
    for column in range(out.shape[1]):
        own = np.ascontiguousarray(out[:, column])
        normalise_column(own, panel, method, parameters, directions[column])
        out[:, column] = own
    return out


def in_numbers(rule: Normalisation) -> tuple[int, NDArray[np.float64]]:
    """Position of the method in ``NORMALISATIONS``, and its parameters: two of its own, the scale, whether to clip."""
    low, high, scale, clip = 0.0, 0.0, (0.0, 0.0), False
    match rule:
        case Goalposts():
            low, high, scale, clip = rule.low, rule.high, rule.scale, True
        case MinMax():
            scale, clip = rule.scale, rule.clip
        case ZScore():
            low, high = rule.mean, rule.sd
        case Rank():
            scale = rule.scale
        case TargetDistance():
            low, scale = rule.goal, rule.scale
        case _:
            low, high = rule.passing, rule.goal
    return NORMALISATIONS.index(rule.method), np.array([low, high, *scale, clip], dtype=np.float64)


@compiled
def normalise_column(
    column: NDArray[np.float64],
    panel: NDArray[np.bool_],
    method: int,
    parameters: NDArray[np.float64],
    direction: float,
) -> None:
    """Normalise ``column`` [rows] in place, with statistics of its ``panel`` rows."""
    if method == 0:
        _onto_scale(column, parameters[0], parameters[1], parameters, direction)
    elif method == 1:
        low, high, _, _, n = _statistics(column, panel)
        if n > 0:
            _onto_scale(column, low, high, parameters, direction)
    elif method == 2:
        low, high, mean, sd, n = _statistics(column, panel)
        for row in range(len(column)):
            if not np.isnan(column[row]):
                away = 0.0 if n < 2 or low == high else direction * (column[row] - mean) / sd
                column[row] = parameters[0] + parameters[1] * away
    elif method <= 5:
        _places(column, panel, method, parameters, direction)
    elif method == 6:
        _toward_target(column, parameters, direction)
    else:
        passing, goal = parameters[0], parameters[1]
        for row in range(len(column)):
            points = PASS_SCORE + (FULL_SCORE - PASS_SCORE) * (column[row] - passing) / (goal - passing)
            if not np.isnan(points):
                column[row] = min(FULL_SCORE, max(0.0, points))


@compiled
def _onto_scale(
    column: NDArray[np.float64], low: float, high: float, parameters: NDArray[np.float64], direction: float
) -> None:
    """``low`` … ``high`` onto the scale, reversed if lower is better; the middle where both are the same."""
    first, second, clips = parameters[2], parameters[3], parameters[4] > 0
    for row in range(len(column)):
        if np.isnan(column[row]):
            continue
        share = 0.5
        if high > low:
            share = (column[row] - low) / (high - low) if direction > 0 else (high - column[row]) / (high - low)
        if clips:
            share = min(1.0, max(0.0, share))
        column[row] = first + share * (second - first)


@compiled
def _statistics(column: NDArray[np.float64], panel: NDArray[np.bool_]) -> tuple[float, float, float, float, int]:
    """Smallest, largest, mean, standard deviation (n − 1) and number of the panel's values."""
    low, high, total, squares, n = np.inf, -np.inf, 0.0, 0.0, 0
    for row in range(len(column)):
        if panel[row] and not np.isnan(column[row]):
            low, high = min(low, column[row]), max(high, column[row])
            total += column[row]
            n += 1
    mean = total / n if n > 0 else np.nan
    for row in range(len(column)):
        if panel[row] and not np.isnan(column[row]):
            squares += (column[row] - mean) ** 2
    return low, high, mean, np.sqrt(squares / (n - 1)) if n > 1 else np.nan, n


@compiled
def _places(
    column: NDArray[np.float64],
    panel: NDArray[np.bool_],
    method: int,
    parameters: NDArray[np.float64],
    direction: float,
) -> None:
    """Place among the panel: one more than how many of it are worse."""
    known = np.empty(len(column))
    n = 0
    for row in range(len(column)):
        if panel[row] and not np.isnan(column[row]):
            known[n] = direction * column[row]
            n += 1
    known = np.sort(known[:n])
    first, second = parameters[2], parameters[3]
    for row in range(len(column)):
        if np.isnan(column[row]):
            continue
        worse = float(np.searchsorted(known, direction * column[row]))
        if method == 3:
            column[row] = worse + 1.0
        elif method == 4:
            column[row] = worse
        else:
            # A row outside the panel can have the whole of it below; the scale ends at the panel's best.
            share = min(1.0, worse / (n - 1)) if n > 1 else 0.5
            column[row] = first + share * (second - first)


@compiled
def _toward_target(column: NDArray[np.float64], parameters: NDArray[np.float64], direction: float) -> None:
    goal, first, second = parameters[0], parameters[2], parameters[3]
    for row in range(len(column)):
        value = column[row]
        if np.isnan(value):
            continue
        if direction > 0:
            share = min(1.0, max(0.0, value / goal))
        else:
            share = 1.0 if value <= goal else goal / value
        column[row] = first + share * (second - first)
