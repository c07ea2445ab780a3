"""Bias-corrected skewness and excess kurtosis, as outlier treatment and screening share them.

Does not belong here: what is done about a skewed column (``treat``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.compiled import compiled


@compiled
def skewness_and_kurtosis(values: NDArray[np.float64]) -> tuple[float, float]:
    """G1 and G2 of ``values`` [n] without gaps (Joanes & Gill 1998, their "type 2").

    NaN for fewer than four values, or if none differ.
    """
    n = len(values)
    if n < 4:
        return np.nan, np.nan
    mean = 0.0
    for value in values:
        mean += value
    mean /= n
    m2, m3, m4, size = 0.0, 0.0, 0.0, 0.0
    for value in values:
        step = value - mean
        square = step * step
        m2 += square
        m3 += square * step
        m4 += square * square
        size = max(size, abs(value))
    m2, m3, m4 = m2 / n, m3 / n, m4 / n
    # Below the rounding of the mean itself a column is constant, whatever the sum of squares says.
    if m2 <= (1e-14 * size) ** 2:
        return np.nan, np.nan
    g1 = m3 / m2**1.5
    g2 = m4 / (m2 * m2) - 3.0
    return g1 * np.sqrt(n * (n - 1.0)) / (n - 2.0), ((n + 1.0) * g2 + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
