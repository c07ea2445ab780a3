"""One run of the simulator: from arguments to a folder of feeds in the providers' own formats.

Order of work only; each step's meaning lies in the module it calls.
"""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from catalog.lake import atomic_path
from ingest.simulate.agency import individual_indices
from ingest.simulate.air import simulate_air
from ingest.simulate.cnemc_csv import REPEATED_HOUR, WideFile, write_wide
from ingest.simulate.cnemc_live import write_live
from ingest.simulate.correction import REVIEWED_CITY, changed_cells, corrected_readings, publish_window
from ingest.simulate.defects import ALL, Defect, Measured, measure
from ingest.simulate.items import SERIES
from ingest.simulate.places import Stations, stations
from ingest.simulate.timeline import Timeline
from ingest.simulate.truth import SUMMARY, SimulationTruth, write_truth
from ingest.simulate.weather import simulate_weather
from ingest.simulate.weather_feed import write_weather

DEFAULT_SEED = 20260301
DEFAULT_START, DEFAULT_END = date(2024, 11, 1), date(2026, 10, 31)
DAYS_AS_DAILY_FILES = 31
SHORTEST_SCALED_DAYS = 70  # a scaled-down period still has a whole month, the daily files and room for the defects
# Which daily file carries which fault (counted from the first), and where among the monthly files the others lie.
REPEATED_ROW_DAY, CUT_OFF_DAY = 5, 12
DOUBLED_COLUMN_AT, CORRECTED_AT = 0.7, 0.5
DOUBLED_CITY = "台州"


def simulate(
    out: Path,
    *,
    seed: int = DEFAULT_SEED,
    start: date = DEFAULT_START,
    end: date = DEFAULT_END,
    scale: float = 1.0,
) -> SimulationTruth:
    """Write the demo feeds below ``out``: ``air/``, ``weather/``, ``corrections/``, and ``truth/`` beside them.

    Same arguments, same bytes. Station data come as a file a month for months that ended before the last 31 days, as a
    file a day since, and for ``end`` itself as 24 hourly snapshots of the live API. ``corrections/`` holds a second
    version of one monthly file under the same name. ``scale`` < 1 keeps that share of each city's stations (at least
    one) and of the days (the last ones, at least 70 if there are as many). Defects longer than a quarter of the period
    are left out. Earlier ``sim_*`` files in these folders are removed.

    Raises:
        ValueError: end before start, a scale outside (0, 1], or a negative seed.
    """
    first_day = _first_day(seed, start, end, scale)
    timeline = Timeline(first_day, end)
    sites = stations(scale)
    files = _wide_files(timeline, sites)
    weather = simulate_weather(timeline, seed)
    air = simulate_air(timeline, weather, sites, seed)
    as_csv = timeline.labels_of(first_day, end - timedelta(days=1))
    measured = measure(air, timeline, sites, seed, as_csv)
    _clear(out)
    with atomic_path(out / "air" / "sim_station_register.csv") as temporary:
        sites.register.write_csv(temporary)
    values, file_defects = 0, []
    for file in files:
        written, defects = _write_wide(out / "air", file, measured, timeline, sites)
        values += written
        file_defects += defects
    values += _write_live(out / "air", measured, timeline, sites)
    weather_files = write_weather(out / "weather", weather, measured.sound, sites=sites, timeline=timeline, seed=seed)
    correction, corrections = _write_correction(out / "corrections", files, measured, timeline, sites)
    truth = SimulationTruth(
        folder=out,
        seed=seed,
        start=first_day,
        end=end,
        scale=scale,
        air=tuple(sorted((out / "air").glob("sim_*"))),
        weather=tuple(sorted(f.path for f in weather_files)),
        correction=correction,
        emissions=out / "truth" / "emissions.csv",
        weather_effect=out / "truth" / "weather_effect.csv",
        events=out / "truth" / "events.csv",
        defects=out / "truth" / "defects.csv",
        corrections=out / "truth" / "corrections.csv",
        readme=out / "truth" / "README.md",
        stations=len(sites.codes),
        values=values,
    )
    listed = [*measured.defects, *file_defects, *(d for f in weather_files for d in f.defects)]
    write_truth(
        truth,
        timeline,
        air,
        events=weather.events,
        defects=listed,
        missing_runs=measured.missing_runs,
        corrections=corrections,
    )
    return truth


def _first_day(seed: int, start: date, end: date, scale: float) -> date:
    """Check the arguments; returns the first day that ``scale`` leaves."""
    if end < start:
        raise ValueError(f"end {end} lies before start {start}: give the earlier day as start")
    if not 0 < scale <= 1:
        raise ValueError(f"scale is {scale}, expected 0 < scale <= 1 (1 = all stations and days)")
    if seed < 0:
        raise ValueError(f"seed is {seed}, expected a whole number from 0")
    days = (end - start).days + 1
    return end - timedelta(days=max(min(days, SHORTEST_SCALED_DAYS), round(days * scale)) - 1)


def _clear(out: Path) -> None:
    """Remove what an earlier run wrote, its sign of completeness first."""
    (out / "truth" / SUMMARY).unlink(missing_ok=True)
    for name in ("air", "weather", "corrections"):
        (out / name).mkdir(parents=True, exist_ok=True)
        for stale in (out / name).glob("sim_*"):
            stale.unlink()


def _wide_files(timeline: Timeline, sites: Stations) -> list[WideFile]:
    """Monthly files, then daily ones, with the faults dealt out."""
    last = timeline.last_day - timedelta(days=1)
    daily_from = timeline.last_day - timedelta(days=DAYS_AS_DAILY_FILES - 1)
    monthly, day = [], timeline.first_day
    while day <= last:
        month_end = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if month_end >= daily_from:
            break
        monthly.append(WideFile(f"sim_cnemc_sites_{day:%Y%m}.csv", day, month_end, monthly=True))
        day = month_end + timedelta(days=1)
    daily = [
        WideFile(f"sim_cnemc_sites_{d:%Y%m%d}.csv", d, d, monthly=False)
        for d in (day + timedelta(days=n) for n in range((last - day).days + 1))
    ]
    if monthly:
        place = int(DOUBLED_COLUMN_AT * len(monthly))
        doubled = sites.codes[sites.first_of(DOUBLED_CITY)]
        monthly[place] = replace(monthly[place], doubled_station=doubled)
    if len(daily) > CUT_OFF_DAY:
        daily[REPEATED_ROW_DAY] = replace(daily[REPEATED_ROW_DAY], repeated_row=True)
        daily[CUT_OFF_DAY] = replace(daily[CUT_OFF_DAY], cut_off=True)
    return [*monthly, *daily]


def _write_wide(
    folder: Path, file: WideFile, measured: Measured, timeline: Timeline, sites: Stations
) -> tuple[int, list[Defect]]:
    """Write one file; returns its values and the faults made in it."""
    hours = timeline.labels_of(file.first, file.last)
    published = publish_window(measured.readings, timeline.start, hours)
    labels = timeline.label[hours]
    written = write_wide(
        folder, file, published, labels=labels, absent_hour=measured.absent_hour[hours], codes=sites.codes
    )
    first, last = str(labels[0].astype("M8[m]")), str(labels[-1].astype("M8[m]"))
    defects = []
    if file.doubled_station is not None:
        cells = len(labels) * len(SERIES)
        detail = "the column stands twice, last again"
        defects.append(Defect("doubled_column", file.doubled_station, ALL, first, last, cells, detail, file.name))
    if file.repeated_row:
        label = str(labels[REPEATED_HOUR].astype("M8[m]"))
        detail = "the row stands twice"
        defects.append(Defect("repeated_row", ALL, "pm10_ug_m3", label, label, len(sites.codes), detail, file.name))
    for place, code in enumerate(written.cut_stations):
        detail = "cut off inside the number" if place == 0 else "lost: the line ends before it"
        defects.append(Defect("cut_off_line", code, "co_24h_mg_m3", last, last, 1, detail, file.name))
    return written.values, defects


def _write_live(folder: Path, measured: Measured, timeline: Timeline, sites: Stations) -> int:
    """The last day as hourly snapshots; returns their values."""
    hours = timeline.labels_of(timeline.last_day, timeline.last_day)
    published = publish_window(measured.readings, timeline.start, hours)
    indices = individual_indices(measured.readings[hours], timeline.start[hours])
    return sum(
        write_live(folder, label, published[n], indices[n], sites.register)
        for n, label in enumerate(timeline.label[hours])
    )


def _write_correction(
    folder: Path, files: list[WideFile], measured: Measured, timeline: Timeline, sites: Stations
) -> tuple[Path | None, pl.DataFrame]:
    """One monthly file again, after a review of one station; returns it and the cells that changed."""
    monthly = [f for f in files if f.monthly]
    if not monthly:
        nothing = np.empty((0, len(sites.codes), len(SERIES)), dtype=np.int32)
        return None, changed_cells("", nothing, nothing, timeline.label[:0], sites.codes)
    file = monthly[int(CORRECTED_AT * len(monthly))]
    hours = timeline.labels_of(file.first, file.last)
    revised = corrected_readings(measured.readings, measured.sound, sites.first_of(REVIEWED_CITY), hours)
    before = publish_window(measured.readings, timeline.start, hours)
    after = publish_window(revised, timeline.start, hours)
    labels, absent = timeline.label[hours], measured.absent_hour[hours]
    write_wide(folder, file, after, labels=labels, absent_hour=absent, codes=sites.codes)
    changes = changed_cells(file.name, before[~absent], after[~absent], labels[~absent], sites.codes)
    return folder / file.name, changes
