"""What the agency computes from its own hourly readings: moving means, moving maxima, and the real-time AQI.

Behaviour read off CNEMC's data: means of the last 24 h, rounded half to even; ``O3_24h`` = maximum of the last 24 h;
``O3_8h`` = mean of up to 8 hours that begins anew at midnight; ``O3_8h_24h`` = its maximum over the natural day so far,
at 24:00 over the windows ending 08:00–24:00 only; AQI of the six hourly values, rounded up. Where no hour of the window
is missing this reproduces January 2019 in the Yangtze Delta in 100 % of cases (a test holds it), CO_24h in 97.9 %: its
exact ties fall either way, so the agency's own CO has more digits than it publishes.
The agency counts what it publishes, right or wrong, save values it knows to be none (``items.usable``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

import catalog
from ingest.simulate.items import (
    CO,
    MISSING,
    NO2,
    O3,
    PM10,
    PM25,
    POLLUTANTS,
    SERIES,
    SERIES_INDEX,
    SO2,
    Tenths,
    usable,
)
from ingest.simulate.timeline import HOURS_PER_DAY

EDITIONS = Path(catalog.__file__).parent / "editions"
DAY_MIN_VALUES = 20  # GB 3095 table 4: at least 20 of 24 hourly means
O3_WINDOW_HOURS = 8
O3_MIN_SHARE = (3, 4)  # at least 6 of 8 hours; the same share of the shorter windows after midnight
O3_DAY_MIN_WINDOWS = 14  # HJ 663-2013: at least 14 of the 17 windows ending 08:00–24:00
FIRST_FULL_WINDOW = O3_WINDOW_HOURS - 1
Int64s = npt.NDArray[np.int64]


def publish(readings: Tenths, hour_start: npt.NDArray[np.datetime64]) -> Tenths:
    """All 15 series ``[hour, station, series]`` from readings ``[hour, station, pollutant]``.

    ``hour_start`` must begin at a local midnight and cover whole days.
    """
    hours, n_stations, _ = readings.shape
    published = np.full((hours, n_stations, len(SERIES)), MISSING, dtype=np.int32)

    def put(series: str, values: Tenths) -> None:
        published[..., SERIES_INDEX[series]] = values

    for name, k in (("PM2.5", PM25), ("PM10", PM10), ("SO2", SO2), ("NO2", NO2), ("CO", CO)):
        put(name, readings[..., k])
        put(f"{name}_24h", moving_mean(readings[..., k], POLLUTANTS[k].step))
    ozone_8h = _ozone_8h(readings[..., O3])
    put("O3", readings[..., O3])
    put("O3_24h", _moving_maximum(readings[..., O3]))
    put("O3_8h", ozone_8h)
    put("O3_8h_24h", _daily_maximum_so_far(ozone_8h))
    indices = individual_indices(readings, hour_start)
    worst = indices.max(axis=-1)
    put("AQI", np.where(worst == MISSING, MISSING, worst * 10).astype(np.int32))
    return published


def moving_mean(values: Tenths, step: int) -> Tenths:
    """Mean of the last 24 h where at least 20 are usable; missing elsewhere."""
    hours = np.full(len(values), HOURS_PER_DAY)
    total, count = _window_sums(values, hours)
    return _rounded(total, count, step, count >= DAY_MIN_VALUES)


def _ozone_8h(values: Tenths) -> Tenths:
    """Mean of the last 8 hours of the same natural day."""
    hours = np.minimum(np.arange(len(values)) % HOURS_PER_DAY + 1, O3_WINDOW_HOURS)
    total, count = _window_sums(values, hours)
    numerator, denominator = O3_MIN_SHARE
    return _rounded(total, count, POLLUTANTS[O3].step, count * denominator >= hours[:, None] * numerator)


def _moving_maximum(values: Tenths) -> Tenths:
    """Largest value of the last 24 h where at least 20 are usable."""
    counted = np.where(usable(values), values, MISSING)
    padding = np.full((HOURS_PER_DAY - 1, values.shape[1]), MISSING, dtype=np.int32)
    windows = np.lib.stride_tricks.sliding_window_view(np.vstack([padding, counted]), HOURS_PER_DAY, axis=0)
    enough = (windows != MISSING).sum(axis=-1) >= DAY_MIN_VALUES
    return np.where(enough, windows.max(axis=-1), MISSING).astype(np.int32)


def _daily_maximum_so_far(ozone_8h: Tenths) -> Tenths:
    """Largest 8-h mean of the natural day so far; at 24:00 the day's own value, from the windows the standard names."""
    days = ozone_8h.reshape(-1, HOURS_PER_DAY, ozone_8h.shape[1])
    so_far = np.maximum.accumulate(days, axis=1)
    full_windows = days[:, FIRST_FULL_WINDOW:]
    enough = (full_windows != MISSING).sum(axis=1) >= O3_DAY_MIN_WINDOWS
    so_far[:, -1] = np.where(enough, full_windows.max(axis=1), MISSING)
    return so_far.reshape(ozone_8h.shape)


def _window_sums(values: Tenths, hours: npt.NDArray[np.intp]) -> tuple[Int64s, Int64s]:
    """Sum and number of usable values in the window of ``hours`` that ends at each row."""
    counted = usable(values)
    first = np.maximum(np.arange(len(values)) + 1 - hours, 0)
    zero = np.zeros((1, values.shape[1]), dtype=np.int64)
    totals = np.vstack([zero, np.cumsum(np.where(counted, values, 0), axis=0, dtype=np.int64)])
    counts = np.vstack([zero, np.cumsum(counted, axis=0, dtype=np.int64)])
    return totals[1:] - totals[first], counts[1:] - counts[first]


def _rounded(total: Int64s, count: Int64s, step: int, valid: npt.NDArray[np.bool_]) -> Tenths:
    """``total / count`` in whole steps, half to even, by integers alone."""
    divisor = np.maximum(count, 1) * step
    quotient, rest = np.divmod(total, divisor)
    quotient += (2 * rest > divisor) | ((2 * rest == divisor) & (quotient % 2 == 1))
    return np.where(valid, quotient * step, MISSING).astype(np.int32)


@dataclass(frozen=True)
class _Scale:
    """Index scale of one pollutant under one edition; concentrations in tenths."""

    concentration: Int64s
    index: Int64s
    above: str  # cap | fixed: the last index goes on; none: not computed

    def apply(self, values: Tenths) -> Int64s:
        """Individual index, rounded up; MISSING where there is none."""
        top = self.concentration[-1]
        inside = np.clip(values, 0, top).astype(np.int64)
        segment = np.clip(np.searchsorted(self.concentration, inside) - 1, 0, len(self.concentration) - 2)
        low, high = self.concentration[segment], self.concentration[segment + 1]
        rise = (self.index[segment + 1] - self.index[segment]) * (inside - low)
        result = self.index[segment] - (-rise // (high - low))
        there = usable(values) & ((values <= top) | (self.above != "none"))
        return np.where(there, result, MISSING)


def individual_indices(readings: Tenths, hour_start: npt.NDArray[np.datetime64]) -> Int64s:
    """Real-time index of each pollutant ``[hour, station, pollutant]`` under the edition in force at that hour."""
    result = np.full(readings.shape, MISSING, dtype=np.int64)
    for edition, since, until in _editions():
        in_force = (hour_start >= np.datetime64(since, "h")) & (hour_start < np.datetime64(until, "h") + HOURS_PER_DAY)
        if not in_force.any():
            continue
        for k, pollutant in enumerate(POLLUTANTS):
            result[in_force, :, k] = _scale(edition, pollutant.code).apply(readings[in_force, :, k])
    return result


def _editions() -> list[tuple[str, date, date]]:
    """HJ 633 editions with their first and last day in force, from the catalog's rulebooks."""
    books = pl.read_csv(EDITIONS / "air_rulebooks.csv", try_parse_dates=True)
    spans = books.group_by("aqi_edition", maintain_order=True).agg(
        pl.col("valid_from").min(), pl.col("valid_to").fill_null(date(9999, 1, 1)).max()
    )
    return list(spans.iter_rows())


def _scale(edition: str, pollutant: str) -> _Scale:
    """Breakpoints of the hourly report: 1-h limits of the gases, 24-h limits of particles."""
    rules = pl.read_csv(EDITIONS / "air_aqi_rules.csv").filter(pl.col("report") == "hour")
    key = ["aqi_edition", "pollutant", "averaging"]
    table = (
        pl.read_csv(EDITIONS / "aqi_breakpoints.csv", infer_schema_length=None)
        .join(rules.select(key), on=key)
        .filter(aqi_edition=edition, pollutant=pollutant)
        .sort("iaqi")
    )
    if table.height < 2:
        raise ValueError(f"catalog/editions/aqi_breakpoints.csv: no hourly breakpoints of {pollutant} in {edition}")
    return _Scale(
        concentration=(table["concentration"].cast(pl.Float64) * 10).round().cast(pl.Int64).to_numpy(),
        index=table["iaqi"].cast(pl.Int64).to_numpy(),
        above=table["above_rule"].drop_nulls().item(),
    )
