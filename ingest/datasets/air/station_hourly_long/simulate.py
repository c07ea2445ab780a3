"""A crawler's long files of the last three days: stations by name, a list of pollutants over several lines, gaps."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.simulate.feeds import Feed, World
from ingest.simulate.places import CITIES, stations
from ingest.simulate.writing import csv_bytes

DAYS = 3
# item → (name in the file, typical level, spread, decimals)
MEASURES = {
    "pm25_ug_m3": ("PM2.5", 30, 10, 0),
    "pm10_ug_m3": ("PM10", 55, 15, 0),
    "co_mg_m3": ("CO", 0.7, 0.15, 1),
    "no2_ug_m3": ("NO2", 28, 8, 0),
    "o3_ug_m3": ("O3_1h", 70, 20, 0),
    "so2_ug_m3": ("SO2", 6, 1, 0),
}
ELSEWHERE = "不在名录的站"
MISSING_SHARE = 0.02


def simulate(world: World) -> Iterator[Feed]:
    """One file a city; its last station is followed by one that no register knows."""
    register = stations(world.scale).register
    rng = world.rng("air__station_hourly_long")
    labels = pl.datetime_range(world.last_days(DAYS)[0], world.last, "1h", eager=True).alias("label")
    for city in CITIES:
        mine = register.filter(pl.col("city") == city.name).select(station_code="code", WatchPoint="name")
        places = pl.concat(
            [mine, pl.DataFrame({"station_code": [None], "WatchPoint": [ELSEWHERE]}, schema=mine.schema)]
        )
        hours = places.join(labels.to_frame(), how="cross").sort("label", maintain_order=True)
        values = {
            item: (level + spread * rng.standard_normal(hours.height)).clip(1 if decimals == 0 else 0.1).round(decimals)
            for item, (_, level, spread, decimals) in MEASURES.items()
        }
        measured = hours.with_columns(
            pl.Series(item, value).cast(pl.Decimal(12, 1 if item == "co_mg_m3" else 0))
            for item, value in values.items()
        ).with_columns(no2_ug_m3=pl.when(pl.Series(rng.random(hours.height) > MISSING_SHARE)).then("no2_ug_m3"))
        yield Feed(
            f"sim_long_{city.pinyin}.csv",
            csv_bytes(_file(measured)),
            _truth(measured, city.name),
            quarantined={"unresolved_name": _long(measured.filter(pl.col("station_code").is_null())).height},
        )


def _file(measured: pl.DataFrame) -> pl.DataFrame:
    """As the crawler writes it: date and hour apart, NaN for nothing."""
    names = {item: name for item, (name, *_) in MEASURES.items()}
    return measured.select(
        Date=pl.col("label").dt.strftime("%Y%m%d"),
        Hour=pl.col("label").dt.hour(),
        WatchPoint="WatchPoint",
        AQI=pl.lit(None, dtype=pl.String),
        Level=pl.lit("良"),
        PrimaryPollution=pl.lit("细颗粒物(PM2.5)\n臭氧1小时"),
        **{name: pl.col(item).cast(pl.String) for item, name in names.items()},
        O3_8h=pl.lit(None, dtype=pl.String),
    )


def _long(measured: pl.DataFrame) -> pl.DataFrame:
    exact = measured.with_columns(pl.col(list(MEASURES)).cast(pl.Decimal(12, 4)))
    return exact.unpivot(
        index=["station_code", "WatchPoint", "label"], on=list(MEASURES), variable_name="item", value_name="value"
    ).drop_nulls("value")


def _truth(measured: pl.DataFrame, city: str) -> pl.DataFrame:
    end_at = pl.col("label").dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")
    return _long(measured.drop_nulls("station_code")).select(
        "station_code",
        "item",
        "value",
        city=pl.lit(city),
        station_name="WatchPoint",
        interval_start_at=end_at - pl.duration(hours=1),
    )
