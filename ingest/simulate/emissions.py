"""The known truth: how emissions really change, month by month, per city and pollutant.

Concentrations are proportional to these factors; what an evaluation recovers is measured against them. Weather and
chance are not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.simulate.items import POLLUTANTS, Floats
from ingest.simulate.places import CITIES

REFERENCE_MONTH = date(2024, 11, 1)  # factor 1 here, whatever period is asked for
CHANGE_PERCENT_A = {"pm25": -8.0, "pm10": -6.0, "so2": -4.0, "no2": -5.0, "o3": -1.5, "co": -3.0}


@dataclass(frozen=True)
class Policy:
    """A measure that takes effect at once and lasts."""

    city: str
    pollutant: str
    since: date
    change_percent: float
    zh: str


POLICY = Policy("杭州", "no2", date(2025, 11, 1), -15.0, "模拟措施：老旧柴油货车限行")


def months_between(first: date, last: date) -> npt.NDArray[np.datetime64]:
    """Calendar months from ``first`` to ``last``, both included."""
    return np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)


def factors(months: npt.NDArray[np.datetime64]) -> Floats:
    """Emission factor ``[month, city, pollutant]`` relative to the reference month."""
    elapsed_a = (months - np.datetime64(REFERENCE_MONTH, "M")).astype(np.float64) / 12
    trend = np.array([CHANGE_PERCENT_A[p.code] for p in POLLUTANTS])
    city = np.array([c.effort_percent_a for c in CITIES])
    path: Floats = (1 + (trend + city[:, None]) / 100) ** elapsed_a[:, None, None]
    where = [c.name for c in CITIES].index(POLICY.city), [p.code for p in POLLUTANTS].index(POLICY.pollutant)
    path[months >= np.datetime64(POLICY.since, "M"), where[0], where[1]] *= 1 + POLICY.change_percent / 100
    return path


def truth_table(months: npt.NDArray[np.datetime64]) -> pl.DataFrame:
    """``city, pollutant, month, factor, true annual effort in %`` (against the same month of the year before)."""
    now, before = factors(months), factors(months - 12)
    n_months, n_cities, n_pollutants = now.shape
    return pl.DataFrame(
        {
            "city": [c.name for c in CITIES for _ in range(n_pollutants * n_months)],
            "pollutant": [p.code for p in POLLUTANTS for _ in range(n_months)] * n_cities,
            "month": np.datetime_as_string(months).tolist() * (n_cities * n_pollutants),
            "factor": np.round(now.transpose(1, 2, 0).ravel(), 6),
            "annual_effort_percent": np.round((100 * (now / before - 1)).transpose(1, 2, 0).ravel(), 4),
        }
    )
