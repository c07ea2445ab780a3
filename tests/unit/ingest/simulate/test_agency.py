"""The agency's own columns follow from the hourly readings it publishes, as CNEMC's do."""

from __future__ import annotations

import tarfile
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ingest.simulate.agency import individual_indices, publish
from ingest.simulate.items import MISSING, POLLUTANT_INDEX, SERIES_INDEX

IAQI = (0, 50, 100, 150, 200, 300, 400, 500)
# HJ 633-2012 and HJ 633-2026, hourly report; SO2 is not computed above 800 (2012), 200 above 800 (2026).
GASES = {
    "SO2": (0, 150, 500, 650, 800),
    "NO2": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "O3": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "CO": (0, 5, 10, 35, 60, 90, 120, 150),
}
PARTICLES_2012 = {"PM2.5": (0, 35, 75, 115, 150, 250, 350, 500), "PM10": (0, 50, 150, 250, 350, 420, 500, 600)}
PARTICLES_2026 = {"PM2.5": (0, 35, 60, 115, 150, 250, 350, 500), "PM10": (0, 50, 120, 250, 350, 420, 500, 600)}
POLLUTANTS = ("PM2.5", "PM10", "SO2", "NO2", "O3", "CO")


def iaqi(value: float, points: tuple[int, ...]) -> int:
    concentration = Decimal(str(value))
    if concentration >= points[-1]:
        return IAQI[len(points) - 1]
    k = next(i for i in range(len(points) - 1) if concentration <= points[i + 1])
    share = (concentration - points[k]) / (points[k + 1] - points[k])
    return int(((IAQI[k + 1] - IAQI[k]) * share + IAQI[k]).to_integral_value(ROUND_CEILING))


def is_reading(value: float | None) -> bool:
    return value is not None and value >= 0 and value != 9999


def hours(first: str, last: str) -> list[datetime]:
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return [begin + timedelta(hours=n) for n in range(int((end - begin).total_seconds()) // 3600 + 1)]


def label(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H}:00"


# With the unit error, with the spike, with the negative values, and one without.
@pytest.mark.parametrize("station", ["9024A", "9038A", "9012A", "9001A"])
def test_aqi_is_the_largest_individual_index_rounded_up_under_the_edition_of_the_hour(
    half_year: Any, station: str
) -> None:
    readings = {p: half_year.series(station, p) for p in POLLUTANTS}
    published = half_year.series(station, "AQI")
    new_standard = "2026-03-01T01:00"  # the hour that begins at midnight of 1 March
    for moment in map(label, hours("2025-10-01T00:00", "2026-03-30T23:00")):
        tables = GASES | (PARTICLES_2026 if moment >= new_standard else PARTICLES_2012)
        values = {p: readings[p].get(moment) for p in POLLUTANTS}
        indices = [iaqi(v, tables[p]) for p, v in values.items() if v is not None and is_reading(v)]
        assert published.get(moment) == (max(indices) if indices else None), (moment, values)


def test_the_change_of_standard_is_visible_at_equal_concentration(half_year: Any) -> None:
    """PM2.5 60: index 82 under HJ 633-2012, 100 under HJ 633-2026 (both printed vectors)."""
    wide = half_year.cells.unique(["date", "hour", "type", "station"]).pivot(
        "type", index=["date", "hour", "station"], values="value"
    )
    others_low = (pl.col("PM10").cast(int) <= 90) & (pl.col("O3").cast(int) <= 160) & (pl.col("NO2").cast(int) <= 100)
    at_60 = wide.filter((pl.col("PM2.5") == "60") & others_low).with_columns(new=pl.col("date") >= "20260301")
    seen = at_60.filter(pl.col("hour") != "0").group_by("new").agg(pl.col("AQI").unique().sort())
    assert dict(seen.iter_rows()) == {False: ["82"], True: ["100"]}


@pytest.mark.parametrize(
    ("day", "code", "published", "index"),
    [
        ("2026-02-28", "so2", 900, None),  # HJ 633-2012: not computed above 800
        ("2026-03-01", "so2", 900, 200),  # HJ 633-2026: fixed
        ("2026-02-28", "pm25", 75, 100),
        ("2026-03-01", "pm25", 75, 114),
        ("2026-02-28", "pm10", 120, 85),
        ("2026-03-01", "pm10", 120, 100),
        ("2026-03-01", "pm10", 1850, 500),
        ("2026-03-01", "pm10", 9999, None),
        ("2026-03-01", "co", 0.1, 1),
        ("2026-03-01", "o3", -3, None),
    ],
)
def test_individual_index_of_printed_and_extreme_values(
    day: str, code: str, published: float, index: int | None
) -> None:
    readings = np.full((1, 1, 6), MISSING, dtype=np.int32)
    readings[0, 0, POLLUTANT_INDEX[code]] = round(published * 10)
    result = individual_indices(readings, np.array([day], dtype="M8[h]"))[0, 0, POLLUTANT_INDEX[code]]
    assert (None if result == MISSING else result) == index


def mean_half_even(values: list[float], places: str) -> Decimal:
    exact = sum((Decimal(str(v)) for v in values), Decimal(0)) / len(values)
    return exact.quantize(Decimal(places), ROUND_HALF_EVEN)


@pytest.mark.parametrize(("item", "places"), [("PM2.5", "1"), ("SO2", "1"), ("CO", "0.1")])
@pytest.mark.parametrize("station", ["9012A", "9016A"])  # with negative values, with an outage
def test_24_hour_values_are_moving_means_of_at_least_20_readings(
    half_year: Any, station: str, item: str, places: str
) -> None:
    readings, published = half_year.series(station, item), half_year.series(station, f"{item}_24h")
    expected: dict[str, float] = {}
    for moment in hours("2025-10-01T23:00", "2026-03-30T23:00"):
        window = [readings.get(label(moment - timedelta(hours=n))) for n in range(24)]
        values = [v for v in window if v is not None and is_reading(v)]
        if len(values) >= 20 and label(moment) not in half_year.absent_hours:
            expected[label(moment)] = float(mean_half_even(values, places))
    assert {k: v for k, v in published.items() if k >= "2025-10-01T23:00"} == expected
    assert len(expected) < 181 * 24 - 23  # some windows are too thin


def test_ozone_columns_restart_at_midnight_and_close_the_day_with_full_windows(half_year: Any) -> None:
    readings, mean_8h = half_year.series("9001A", "O3"), half_year.series("9001A", "O3_8h")
    maximum_24h, so_far = half_year.series("9001A", "O3_24h"), half_year.series("9001A", "O3_8h_24h")
    (absent,) = half_year.absent_hours  # its own means exist but no file holds them
    for moment in hours("2025-10-02T01:00", "2026-03-30T23:00"):
        if label(moment)[:10] == absent[:10]:
            continue
        hour_of_day = moment.hour or 24
        before = [label(moment - timedelta(hours=n)) for n in range(24)]
        window = [readings.get(k) for k in before[: min(8, hour_of_day)]]
        values = [v for v in window if v is not None]
        expected = float(mean_half_even(values, "1")) if 4 * len(values) >= 3 * len(window) else None
        assert mean_8h.get(label(moment)) == expected, moment
        last_24 = [readings[k] for k in before if k in readings]
        assert maximum_24h.get(label(moment)) == (max(last_24) if len(last_24) >= 20 else None), moment
        ending = before[:17] if hour_of_day == 24 else before[:hour_of_day]
        counted = [mean_8h[k] for k in ending if k in mean_8h]
        least = 14 if hour_of_day == 24 else 1
        assert so_far.get(label(moment)) == (max(counted) if len(counted) >= least else None), moment


def test_publish_reproduces_what_cnemc_itself_published(shared_data: Path) -> None:
    """January 2019, Yangtze Delta, wherever all hours of the window are there: the same to the last digit."""
    with tarfile.open(shared_data / "air" / "cnemc_sites_2019_yangtze_delta_monthly.tar.xz", "r|xz") as archive:
        first = next(iter(archive))
        member = archive.extractfile(first)
        assert member is not None and first.name == "yrd_sites_201901.csv"
        table = pl.read_csv(member.read(), infer_schema=False)
    theirs = _as_array(table)[:, :, 1:-23]  # labels 01:00 of the 1st to 24:00 of the 30th: whole days
    order = [SERIES_INDEX[p] for p in POLLUTANTS]
    readings = theirs[order].transpose(2, 1, 0)
    start = np.datetime64("2019-01-01", "h") + np.arange(readings.shape[0])
    ours = publish(readings, start).transpose(2, 1, 0)
    there = theirs != MISSING

    def agreement(item: str, complete: Any) -> float:
        k = SERIES_INDEX[item]
        both = complete & there[k] & (ours[k] != MISSING)
        assert both.sum() > 10_000
        return float((ours[k] == theirs[k])[both].mean())

    assert agreement("AQI", there[order].all(axis=0)) == 1.0
    for item in ("PM2.5", "PM10", "SO2", "NO2"):
        assert agreement(f"{item}_24h", _run_of(there[SERIES_INDEX[item]], 24)) == 1.0, item
    for item in ("O3_24h", "O3_8h", "O3_8h_24h"):
        assert agreement(item, _run_of(there[SERIES_INDEX["O3"]], 24)) == 1.0, item
    # The rest are exact ties: they fall either way, so the agency's own CO must have more digits than it publishes.
    assert agreement("CO_24h", _run_of(there[SERIES_INDEX["CO"]], 24)) == pytest.approx(0.979, abs=0.001)


def _as_array(table: pl.DataFrame) -> Any:
    """``[series, station, hour]`` in tenths; a month whose hours are all there."""
    stations = table.columns[3:]
    numbers = table.select(
        (pl.col(s).cast(pl.Float64) * 10).round().cast(pl.Int32).fill_null(MISSING) for s in stations
    ).to_numpy()
    assert table.height == 31 * 24 * 15
    return numbers.reshape(31 * 24, 15, len(stations)).transpose(1, 2, 0)


def _run_of(present: Any, length: int) -> Any:
    """True where this hour and the ``length - 1`` before it are present; ``[station, hour]``."""
    total = np.cumsum(np.pad(present.astype(int), ((0, 0), (1, 0))), axis=1)
    result = np.zeros_like(present)
    result[:, length - 1 :] = total[:, length:] - total[:, :-length] == length
    return result
