"""Hangzhou 2014–2021: what of the change against 2014 was effort, what weather, with the real weather of the days.

``python -m bench hangzhou``. The pollutants stand in the same file as the weather. How their daily statistic was made
is not stated there (see the card of ``weather__city_daily``), and all but PM2.5 fit the weather of the following day:
they are evaluated as labelled, and shifted by that day. A study of the method, no score.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

import polars as pl

from bench.known_truth import city_weather
from bench.measure import SHARED
from evaluation.score.assess import Assessment, assess_table
from evaluation.score.backtests import Backtest, placebo_dates, truncation
from evaluation.score.decomposition import Period, percent
from evaluation.score.settings import ScoreSettings
from evaluation.weather_normalisation.pool import pool

CITY = "hangzhou"
ITEMS = ("pm25", "pm10", "so2", "no2", "co", "o3")
LABELLED_RIGHT = "pm25"
BASELINE = Period.year(2014)
YEARS = tuple(Period.year(year) for year in range(2015, 2021))
# The pool: all whole years of the record before the lockdown, so that no season and no year is favoured.
POOL = (date(2014, 1, 1), date(2019, 12, 31))
# The city's lockdown began on 2020-02-04; quarters' first days without a measure of that size are placebos.
PLACEBOS = tuple(date(year, month, 1) for year in range(2015, 2020) for month in (1, 7))


def values(city: str) -> pl.DataFrame:
    """``at`` and the six pollutants of a city's file; blanks and zeros are missing."""
    raw = pl.read_csv(SHARED / "weather" / f"{city}.csv", infer_schema_length=0, null_values=["NA", ""])
    names = {name: found for name in ITEMS if (found := _column(raw, name))}
    day = pl.col("date").str.replace_all("/", "-").str.to_date(strict=True)
    number = [pl.col(found).cast(pl.Float64).alias(name) for name, found in names.items()]
    return raw.select(day.cast(pl.Datetime("us")).alias("at"), *number)


def _column(raw: pl.DataFrame, item: str) -> str | None:
    plain = {name.lower().replace(".", "").replace("_", ""): name for name in raw.columns}
    return plain.get(item)


def main() -> None:
    """Print the split of every year and pollutant."""
    weather = city_weather(CITY)
    names = [name for name in weather.columns if name != "at"]
    frozen = pool("Hangzhou 2014-2019", weather.filter(pl.col("at").dt.date().is_between(*POOL)), names)
    start = time.process_time()
    print("| pollutant | year | observed % | effort % (90 %) | weather % | grade | blocked NSE |")
    print("|---|---|---|---|---|---|---|")
    tests: list[Backtest] = []
    for item in ITEMS:
        for shift in (0,) if item == LABELLED_RIGHT else (0, 1):
            given = values(CITY).select(pl.col("at").dt.offset_by(f"{shift}d"), value=pl.col(item).replace(0.0, None))
            found = assess_table(
                f"air/330100/{item}",
                weather.join(given, on="at", how="left"),
                BASELINE,
                YEARS,
                unit="ug/m3",
                weather=names,
                step=timedelta(days=1),
                pool=frozen,
                settings=ScoreSettings(),
                item=item,
            )
            for assessment in found.years:
                print(f"| {item}{f' + {shift} d' if shift else ''} | {_row(assessment)} |")
            if shift or item == LABELLED_RIGHT:
                tests += [*placebo_dates(found, PLACEBOS), *truncation(found)]
    for kind in ("placebo_date", "truncation"):
        known = [test for test in tests if test.kind == kind and test.passed is not None]
        moved = [abs(test.moved_log) for test in known if test.moved_log is not None]
        more = f", largest move {100 * max(moved):.1f} log points" if moved else ""
        print(f"{kind}: {sum(bool(test.passed) for test in known)} of {len(known)} passed{more}")
    print(f"{time.process_time() - start:.0f} CPU s")


def _row(a: Assessment) -> str:
    year, e = a.evaluation.start.year, a.estimate
    if e is None:
        return f"{year} | | | | {a.grade}: {a.reason} | {a.skill_blocked_nse or float('nan'):.2f}"
    low, high = percent(e.effort_lower_log), percent(e.effort_upper_log)
    cells = [
        f"{percent(e.split.total_log):+.1f}",
        f"{percent(e.split.effort_log):+.1f} ({low:+.1f} to {high:+.1f})",
        f"{percent(e.split.luck_log):+.1f}",
        a.grade,
        f"{a.skill_blocked_nse:.2f}",
    ]
    return " | ".join([str(year), *cells])
