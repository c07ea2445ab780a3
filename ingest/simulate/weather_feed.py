"""The daily city weather files: R data frames saved as CSV, in the two dialects the real ones come in.

``sim_weather_hangzhou.csv`` is the spreadsheet dialect of the real hangzhou.csv (CRLF, 2014/1/1, no quotes, no final
line end), the others are R's own (quoted text, 2014-01-01). Missing is ``NA``; where the daily means failed the
sentinel 32766 stands scaled as 327660 in the mean pressure, as in the real file of 2020-12-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from catalog.lake import atomic_path
from ingest.simulate.cnemc_csv import plain_number
from ingest.simulate.defects import ALL, Defect
from ingest.simulate.items import CO, NO2, O3, PM10, PM25, SO2, Floats, Tenths
from ingest.simulate.noise import stream
from ingest.simulate.places import CITIES, City, Stations
from ingest.simulate.timeline import HOURS_PER_DAY, Timeline
from ingest.simulate.weather import Weather

PRESSURE_SENTINEL = 32766 * 10
COMPASS_POINTS = 16
GUST_FACTOR, STRONGEST_MINUTES_FACTOR = 1.75, 1.35
POLLUTANT_COLUMNS = {"PM25": PM25, "PM10": PM10, "CO": CO, "NO2": NO2, "SO2": SO2, "O3": O3}
WEATHER_COLUMNS = (
    *("avgtemp", "maxtemp", "mintemp", "avgrh", "minrh", "avgws", "maxws", "maxwswd", "extremews", "extremewswd"),
    *("daylight", "precipitation", "avgp", "maxp", "minp", "avggt", "maxgt", "mingt"),
)
IDENTITY_COLUMNS = ("X", *POLLUTANT_COLUMNS, "season", "covid", "city", "region")
MEANS = ("avgtemp", "avgrh", "avgws", "avggt")
COLUMNS = ("", "date", "X", *POLLUTANT_COLUMNS, "year", "month", "day", "week", "season", "covid", "city", "region",
           *WEATHER_COLUMNS)  # fmt: skip
QUOTED = ("", "season", "covid", "city", "region")
# Kind of fault, days of it per 100 (real: 1.2 % without weather, 4 % without name, one sentinel in 2,677), what goes.
FAULTS = (
    ("weather_gap", 0.8, "all weather columns NA"),
    ("weather_unnamed", 0.4, "city, season, region and pollutants NA"),
    ("weather_sentinel", 0.3, "daily means NA, mean pressure 327660 (32766 scaled by ten)"),
)


@dataclass(frozen=True)
class WeatherFile:
    """One written file and the faults in it."""

    path: Path
    defects: tuple[Defect, ...]


def write_weather(
    folder: Path, weather: Weather, readings: Tenths, *, sites: Stations, timeline: Timeline, seed: int
) -> list[WeatherFile]:
    """One file a city, from the first published day to the last."""
    return [
        _write_city(folder, city, _daily(index, weather, readings, sites, timeline), seed)
        for index, city in enumerate(CITIES)
    ]


def _daily(index: int, weather: Weather, readings: Tenths, sites: Stations, timeline: Timeline) -> pl.DataFrame:
    """Days of one city; numbers in tenths."""

    def days(field: Floats) -> Floats:
        return field[:, index].reshape(-1, HOURS_PER_DAY)

    temperature, humidity, wind = (
        days(f) for f in (weather.temperature_degc, weather.humidity_percent, weather.wind_speed_m_s)
    )
    pressure = days(weather.pressure_pa)
    sun = weather.sun_height[:, 0].reshape(-1, HOURS_PER_DAY)
    ground = temperature - 1.2 + 22 * sun * days(weather.sunshine_share)
    strongest = wind.argmax(axis=1)[:, None]
    direction = np.take_along_axis(days(weather.wind_from_deg), strongest, axis=1)[:, 0]
    code = np.rint(direction / (360 / COMPASS_POINTS)).astype(np.int64) % COMPASS_POINTS
    code = np.where(code == 0, COMPASS_POINTS, code)
    gust_code = np.rint((direction + 8) / (360 / COMPASS_POINTS)).astype(np.int64) % COMPASS_POINTS
    gust_code = np.where(gust_code == 0, COMPASS_POINTS, gust_code)
    tenths = {
        "avgtemp": 10 * temperature.mean(axis=1),
        "maxtemp": 10 * temperature.max(axis=1),
        "mintemp": 10 * temperature.min(axis=1),
        "avgrh": 10 * np.rint(humidity.mean(axis=1)),
        "minrh": 10 * np.rint(humidity.min(axis=1)),
        "avgws": 10 * wind.mean(axis=1),
        "maxws": 10 * STRONGEST_MINUTES_FACTOR * wind.max(axis=1),
        "maxwswd": 10 * code,
        "extremews": 10 * GUST_FACTOR * wind.max(axis=1),
        "extremewswd": 10 * gust_code,
        "daylight": 10 * days(weather.sunshine_share).sum(axis=1),
        "precipitation": 10 * days(weather.rain_mm).sum(axis=1),
        "avgp": 100 * np.rint(pressure.mean(axis=1) / 10),
        "maxp": 100 * np.rint(pressure.max(axis=1) / 10),
        "minp": 100 * np.rint(pressure.min(axis=1) / 10),
        "avggt": 10 * ground.mean(axis=1),
        "maxgt": 10 * ground.max(axis=1),
        "mingt": 10 * ground.min(axis=1),
    }
    mine = readings[:, sites.city_index == index, :].reshape(timeline.days, -1, readings.shape[2])
    for name, pollutant in POLLUTANT_COLUMNS.items():
        # The real files give CO in µg/m³ beside a CNEMC feed in mg/m³.
        tenths[name] = mine[..., pollutant].mean(axis=1) * (1000 if name == "CO" else 1)
    numbers = pl.DataFrame({name: np.rint(values).astype(np.int32) for name, values in tenths.items()})
    dates = pl.date_range(timeline.origin, timeline.last_day, timedelta(days=1), eager=True).alias("date")
    return numbers.with_columns(dates)[1:]


def _write_city(folder: Path, city: City, daily: pl.DataFrame, seed: int) -> WeatherFile:
    row = pl.int_range(1, pl.len() + 1)
    day, month = pl.col("date").dt, pl.col("date").dt.month()
    season = (month % 12 // 3).replace_strict(
        {0: "winter", 1: "spring", 2: "summer", 3: "fall"}, return_dtype=pl.String
    )
    table = daily.select(
        "date",
        row.cast(pl.String).alias(""),
        (row + 1).cast(pl.String).alias("X"),
        *(plain_number(pl.col(name)).alias(name) for name in (*POLLUTANT_COLUMNS, *WEATHER_COLUMNS)),
        year=day.year().cast(pl.String),
        month=month.cast(pl.String),
        day=day.day().cast(pl.String),
        week=((day.ordinal_day() - 1) // 7 + 1).cast(pl.String),
        season=season,
        covid=pl.lit("3.post"),
        city=pl.lit(city.pinyin),
        region=pl.lit("southeast"),
    )
    table, defects = _break(table, city, seed)
    path = folder / f"sim_weather_{city.pinyin}.csv"
    text = _spreadsheet_dialect(table) if city.pinyin == "hangzhou" else _r_dialect(table)
    with atomic_path(path) as temporary:
        temporary.write_bytes(text.encode())
    return WeatherFile(path, defects)


def _break(table: pl.DataFrame, city: City, seed: int) -> tuple[pl.DataFrame, tuple[Defect, ...]]:
    """Put the faults in, on different days each."""
    counts = [round(share * table.height / 100) for _, share, _ in FAULTS]
    order = stream(seed, f"weather_feed.{city.pinyin}").permutation(table.height)
    chosen = np.split(order[: sum(counts)], np.cumsum(counts)[:-1])
    gap, unnamed, sentinel = (pl.int_range(pl.len()).is_in(np.sort(rows).tolist()) for rows in chosen)
    table = table.with_columns(
        *(pl.when(~gap & ~sentinel).then(name).alias(name) for name in MEANS),
        *(pl.when(~gap).then(name).alias(name) for name in WEATHER_COLUMNS if name not in (*MEANS, "avgp")),
        pl.when(sentinel).then(pl.lit(str(PRESSURE_SENTINEL))).when(~gap).then("avgp").alias("avgp"),
        *(pl.when(~unnamed).then(name).alias(name) for name in IDENTITY_COLUMNS),
    )
    dates = table["date"].cast(pl.String)
    hit = {"weather_gap": WEATHER_COLUMNS, "weather_unnamed": IDENTITY_COLUMNS, "weather_sentinel": (*MEANS, "avgp")}
    return table, tuple(
        Defect(kind, city.pinyin, ALL, day, day, len(hit[kind]), detail, f"sim_weather_{city.pinyin}.csv")
        for (kind, _, detail), rows in zip(FAULTS, chosen, strict=True)
        for day in dates.gather(np.sort(rows)).to_list()
    )


def _spreadsheet_dialect(table: pl.DataFrame) -> str:
    dated = table.with_columns(pl.col("date").dt.strftime("%Y/%-m/%-d"))
    return "\r\n".join([",".join(COLUMNS), *_lines(dated)])


def _r_dialect(table: pl.DataFrame) -> str:
    quoted = table.with_columns(
        pl.col("date").dt.strftime("%Y-%m-%d"), *(pl.format('"{}"', pl.col(n)).alias(n) for n in QUOTED)
    )
    return "\n".join([",".join(f'"{name}"' for name in COLUMNS), *_lines(quoted), ""])


def _lines(table: pl.DataFrame) -> list[str]:
    cells = [pl.col(name).fill_null("NA") for name in COLUMNS]
    return table.select(pl.concat_str(cells, separator=",")).to_series().to_list()
