"""What an index is made of, before any step: availability, spread and shape of every indicator.

Limits are those of the JRC's audits as COINr flags them. Does not belong here: treating or filling anything.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.moments import skewness_and_kurtosis
from evaluation.composite.scoring import Scores

# JRC practice: two thirds of the units with a value; no value shared by more than half; see treat for skewness.
LEAST_AVAILABLE, MOST_SAME, SKEWNESS, KURTOSIS = 0.65, 0.5, 2.0, 3.5

SCHEMA = (
    {"leaf": pl.String}
    | dict.fromkeys(("minimum", "maximum", "mean", "median", "sd", "skewness", "kurtosis"), pl.Float64)
    | dict.fromkeys(("n_available", "n_nonzero", "n_unique", "n_same"), pl.Int64)
)


def screening(scores: Scores, period: str) -> pl.DataFrame:
    """One row per leaf, on its values of one period after denominators; see ``statistics``."""
    values = scores.inputs.values[scores.inputs.rows_of(period)]
    return statistics(values, scores.codes[: values.shape[1]])


def statistics(values: NDArray[np.float64], names: tuple[str, ...]) -> pl.DataFrame:
    """``leaf``, ``minimum``, ``maximum``, ``mean``, ``median``, ``sd``, ``skewness``, ``kurtosis``, counts and flags.

    ``n_available``, ``n_nonzero``, ``n_unique``, ``n_same`` (how often the commonest value occurs); ``lacks_values``,
    ``is_uniform``, ``has_outliers``: what the limits above say of it.
    """
    found = pl.DataFrame([_of_column(values[:, n], name) for n, name in enumerate(names)], schema=SCHEMA)
    rows = len(values)
    return found.with_columns(
        lacks_values=pl.col("n_available") < LEAST_AVAILABLE * rows,
        is_uniform=pl.col("n_same") > MOST_SAME * pl.col("n_available"),
        has_outliers=((pl.col("skewness").abs() > SKEWNESS) & (pl.col("kurtosis") > KURTOSIS)).fill_null(value=False),
    )


def _of_column(column: NDArray[np.float64], name: str) -> dict[str, object]:
    known = column[~np.isnan(column)]
    skew, kurt = skewness_and_kurtosis(known)
    counts = np.unique(known, return_counts=True)[1]
    some, several = len(known) > 0, len(known) > 1
    return {
        "leaf": name,
        "minimum": float(known.min()) if some else None,
        "maximum": float(known.max()) if some else None,
        "mean": float(known.mean()) if some else None,
        "median": float(np.median(known)) if some else None,
        "sd": float(known.std(ddof=1)) if several else None,
        "skewness": None if np.isnan(skew) else skew,
        "kurtosis": None if np.isnan(kurt) else kurt,
        "n_available": len(known),
        "n_nonzero": int(np.count_nonzero(known)),
        "n_unique": len(counts),
        "n_same": int(counts.max()) if some else 0,
    }
