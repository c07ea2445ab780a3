"""The provider's second thoughts: one older month as it is published again after a review of one station.

Only hourly readings are revised; means and index follow from them as always. Which cells change is the truth that a
restatement is measured against.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.simulate.agency import publish
from ingest.simulate.cnemc_csv import plain_number
from ingest.simulate.items import MISSING, NO2, PM25, POLLUTANTS, SERIES, SO2, Tenths
from ingest.simulate.timeline import HOURS_PER_DAY

REVIEWED_CITY = "杭州"
# What the review did: pollutant, where in the file it begins (share), hours, factor on the readings.
REVISED = ((NO2, 0.30, 100, 0.90), (PM25, 0.55, 100, 1.12))
WITHDRAWN = (SO2, 0.20, 8)
RESTORED = 12  # cells missing before, found again in the station's own memory
LONGEST_SHARE = 8


def corrected_readings(readings: Tenths, sound: Tenths, column: int, window: slice) -> Tenths:
    """Readings after the review of one station; ``sound`` is what its instruments had stored."""
    revised = readings.copy()
    length = window.stop - window.start
    for pollutant, at, hours, factor in REVISED:
        begin = window.start + int(at * length)
        part = revised[begin : begin + min(hours, length // LONGEST_SHARE), column, pollutant]
        step = POLLUTANTS[pollutant].step
        part[:] = np.where(part == MISSING, MISSING, np.rint(part * factor / step) * step)
    pollutant, at, hours = WITHDRAWN
    begin = window.start + int(at * length)
    revised[begin : begin + hours, column, pollutant] = MISSING
    hour, item = np.nonzero(readings[window, column, :] == MISSING)
    hour, item = hour[:RESTORED] + window.start, item[:RESTORED]
    revised[hour, column, item] = sound[hour, column, item]
    return revised


def publish_window(readings: Tenths, hour_start: npt.NDArray[np.datetime64], window: slice) -> Tenths:
    """The 15 series of some hours, computed with the day before them."""
    first_day = window.start // HOURS_PER_DAY * HOURS_PER_DAY
    begin = max(0, first_day - HOURS_PER_DAY)
    end = -(-window.stop // HOURS_PER_DAY) * HOURS_PER_DAY
    published = publish(readings[begin:end], hour_start[begin:end])
    return published[window.start - begin : window.stop - begin]


def changed_cells(
    file: str, before: Tenths, after: Tenths, labels: npt.NDArray[np.datetime64], codes: list[str]
) -> pl.DataFrame:
    """Every cell that differs between two publications of the same hours, by station, series and time."""
    station, series, hour = np.nonzero((before != after).transpose(1, 2, 0))
    text = pl.Series(labels.astype("M8[ms]")).dt.strftime("%Y-%m-%dT%H:%M")
    return pl.DataFrame(
        {
            "file": pl.repeat(file, len(hour), eager=True),
            "station_code": pl.Series(codes).gather(station),
            "item": pl.Series([s.item for s in SERIES]).gather(series),
            "label": text.gather(hour),
            "old_value": before[hour, station, series],
            "new_value": after[hour, station, series],
        }
    ).with_columns(plain_number(pl.col(name)).alias(name) for name in ("old_value", "new_value"))
