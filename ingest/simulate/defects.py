"""What goes wrong between the air and the published reading, and the list of it: the truth a quality test is held to.

Station defects change readings before the agency computes with them; file defects (a cut line, a repeated row, a column
twice) are only chosen here and made by the writer. Every defect, down to single missing hours, is listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.simulate.air import Air
from ingest.simulate.items import (
    CO,
    MISSING,
    NO2,
    PM10,
    PM25,
    POLLUTANTS,
    SENTINEL_HIGH,
    SENTINEL_LOW,
    SO2,
    Mask,
    Tenths,
)
from ingest.simulate.noise import stream
from ingest.simulate.places import Stations
from ingest.simulate.timeline import HOURS_PER_DAY, Timeline

INSTRUMENT_NOISE = (0.09, 0.11, 0.06, 0.05, 0.03, 0.04)  # relative, in the order of POLLUTANTS
MISSING_SHARE = 0.008  # single hours lost per item; with outages about 1 % is missing (2019: Zhejiang up to 9 %)
ALL = "*"


@dataclass(frozen=True)
class Defect:
    """One entry of ``truth/defects.csv``; labels as printed in the feed (UTC+8, end of the hour), both included."""

    kind: str
    station_code: str
    item: str
    first_label: str
    last_label: str
    cells: int
    detail: str
    file: str = ""


@dataclass(frozen=True)
class Planned:
    """A defect to come: where, when (share of the period with CSV files), how long; one city each, so none overlap.

    No city means all stations.
    """

    kind: str
    city: str
    pollutant: int | None
    at: float
    hours: int
    detail: str


PLAN = (
    Planned("outage", "嘉兴", None, 0.22, 60, "no value of any item"),
    Planned("outage", "丽水", None, 0.61, 130, "no value of any item"),
    Planned("maintenance", "湖州", None, 0.40, 8, "a working day without values, from 09:00"),
    Planned("sentinel", "宁波", SO2, 0.30, 5, "-99 in place of values"),
    Planned("sentinel", "舟山", PM10, 0.44, 1, "9999 in place of a value"),
    Planned("negative", "温州", PM25, 0.46, 3, "-3, below zero drift"),
    Planned("missing_hour", "", None, 0.48, 1, "the file holds no row of this hour"),
    Planned("unit_error", "绍兴", CO, 0.52, 24, "µg/m³ in the column of mg/m³: 1000 times too large"),
    Planned("spike", "台州", PM10, 0.35, 1, "1850 for one hour"),
    Planned("frozen", "衢州", NO2, 0.57, 30, "the instrument repeats its last value"),
    Planned("tampered", "金华", PM25, 0.66, 28 * 24, "a six-hour cycle a few µg/m³ below the true mean"),
)
# A tampered or dead station must not fill a short test period.
LONGEST_SHARE = 4
TAMPERED_CYCLE = (0, 1, 2, 3, 2, 1)
TAMPERED_BELOW = 6


@dataclass(frozen=True)
class Measured:
    """Readings ``[hour, station, pollutant]`` as the agency has them, and as sound instruments would have given them.

    ``absent_hour`` marks hours no file holds at all; ``missing_runs`` lists the random gaps.
    """

    readings: Tenths
    sound: Tenths
    absent_hour: Mask
    defects: tuple[Defect, ...]
    missing_runs: pl.DataFrame


def measure(air: Air, timeline: Timeline, stations: Stations, seed: int, span: slice) -> Measured:
    """Readings of instruments with their defects; planned defects lie in ``span`` (the hours that come as CSV)."""
    sound = _sound_instruments(air, seed)
    lost = stream(seed, "defects.missing").random(sound.shape, dtype=np.float32) < MISSING_SHARE
    readings = np.where(lost, MISSING, sound).astype(np.int32)
    deliberate = np.zeros(sound.shape, dtype=np.bool_)
    absent_hour = np.zeros(timeline.hours, dtype=np.bool_)
    defects: list[Defect] = []
    for planned in PLAN:
        hours = _place(planned, timeline, span)
        if hours is None:
            continue
        column = stations.first_of(planned.city) if planned.city else slice(None)
        where = (hours, column, slice(None) if planned.pollutant is None else planned.pollutant)
        readings[where] = BREAK[planned.kind](sound[where], planned.pollutant)
        deliberate[where] = True
        absent_hour[hours] |= planned.kind == "missing_hour"
        code = stations.codes[column] if isinstance(column, int) else ALL
        defects.append(_entry(planned, timeline.label[hours], code, cells=sound[where].size))
    published = timeline.labels_of(timeline.first_day, timeline.last_day)
    runs = _runs((lost & ~deliberate)[published], timeline.label[published], stations)
    return Measured(readings, sound, absent_hour, tuple(defects), runs)


def _sound_instruments(air: Air, seed: int) -> Tenths:
    """True concentration, a little noise, the published resolution.

    At least one step, as in CNEMC's data: the smallest published value is 1 µg/m³ or 0.1 mg/m³.
    """
    noise = stream(seed, "defects.instrument").standard_normal(air.concentration.shape, dtype=np.float32)
    steps = np.array([p.step for p in POLLUTANTS], dtype=np.int32)
    tenths = 10 * air.concentration * (1 + noise * np.array(INSTRUMENT_NOISE))
    return np.asarray(np.maximum(np.rint(tenths / steps), 1).astype(np.int32) * steps)


def _place(planned: Planned, timeline: Timeline, span: slice) -> slice | None:
    """Hours of a defect, or None where the period is too short for it."""
    available = span.stop - span.start
    hours = min(planned.hours, available // LONGEST_SHARE) if planned.kind == "tampered" else planned.hours
    begin = span.start + int(planned.at * available)
    if planned.kind == "maintenance":
        begin = begin // HOURS_PER_DAY * HOURS_PER_DAY + 9
    too_long = hours > available // LONGEST_SHARE or begin + hours > span.stop
    return None if hours == 0 or too_long else slice(begin, begin + hours)


def _constant(value: int) -> Callable[[Tenths, int | None], Tenths]:
    return lambda sound, pollutant: np.full_like(sound, value)


def _tampered(sound: Tenths, pollutant: int | None) -> Tenths:
    level = max(1, int(sound.mean()) // 10 - TAMPERED_BELOW)
    return np.resize(np.array(TAMPERED_CYCLE, dtype=np.int32) + np.int32(level), sound.shape) * np.int32(10)


BREAK: dict[str, Callable[[Tenths, int | None], Tenths]] = {
    "outage": _constant(MISSING),
    "maintenance": _constant(MISSING),
    "missing_hour": _constant(MISSING),
    "sentinel": lambda sound, pollutant: np.full_like(sound, SENTINEL_HIGH if pollutant == PM10 else SENTINEL_LOW),
    "negative": _constant(-30),
    "spike": _constant(18_500),
    "unit_error": lambda sound, pollutant: sound * np.int32(1000),
    "frozen": lambda sound, pollutant: np.full_like(sound, sound[0]),
    "tampered": _tampered,
}


def _entry(planned: Planned, labels: npt.NDArray[np.datetime64], station_code: str, cells: int) -> Defect:
    return Defect(
        kind=planned.kind,
        station_code=station_code,
        item=ALL if planned.pollutant is None else POLLUTANTS[planned.pollutant].item,
        first_label=str(labels[0].astype("M8[m]")),
        last_label=str(labels[-1].astype("M8[m]")),
        cells=cells,
        detail=planned.detail,
    )


def _runs(lost: Mask, labels: npt.NDArray[np.datetime64], stations: Stations) -> pl.DataFrame:
    """Random gaps as runs of hours, by station, item and time."""
    edge = np.zeros((1, *lost.shape[1:]), dtype=np.int8)
    change = np.diff(np.concatenate([edge, lost.astype(np.int8), edge]), axis=0).transpose(1, 2, 0)
    station, item, first = np.nonzero(change == 1)
    last = np.nonzero(change == -1)[2] - 1
    codes, items = pl.Series(stations.codes), pl.Series([p.item for p in POLLUTANTS])
    text = pl.Series(labels.astype("M8[ms]")).dt.strftime("%Y-%m-%dT%H:%M")
    return pl.DataFrame(
        {
            "kind": pl.repeat("random_missing", len(first), eager=True),
            "station_code": codes.gather(station),
            "item": items.gather(item),
            "first_label": text.gather(first),
            "last_label": text.gather(last),
            "cells": last - first + 1,
            "file": pl.repeat("", len(first), eager=True),
            "detail": pl.repeat("", len(first), eager=True),
        }
    )
