"""Simulated warnings: drawn from the simulated rain, heat, cold and wind, a document a month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import periods
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.weather_hourly import daily
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
# Type, its number, the column it is drawn from, thresholds of the levels from blue to red
KINDS = (
    ("暴雨", "01", pl.col("precipitation_mm"), (50, 80, 110, 160)),
    ("高温", "02", pl.col("temperature_max_degc"), (99, 35, 37, 40)),  # there is no blue heat
    ("大风", "03", pl.col("wind_speed_m_s"), (6, 8, 11, 15)),
    ("寒潮", "04", -pl.col("temperature_min_degc"), (3, 6, 9, 12)),
)
LEVELS = ("蓝色", "黄色", "橙色", "红色")


def simulate(world: World) -> Iterator[Feed]:
    """A document a month that has warnings; the first stands twice, one without identifier."""
    table = _warnings(world)
    write = as_json("data.warnings", {"code": "0"}, count="count", as_text=True)
    for month, rows in periods(by_card(CARD, table), "%Y%m"):
        faults = [repeated(), without("warning_id")]
        yield feed(CARD, f"sim_disaster_warning_{month}.json", rows, write, faults=faults)


def _warnings(world: World) -> pl.DataFrame:
    """One warning a city, day and type at the level that was reached; the last one is still in force."""
    days = daily(world)
    names = {city.adcode: city.name for city in world.cities}
    lon, lat = ({city.adcode: str(city.sites[0][n]) for city in world.cities} for n in (0, 1))
    parts = []
    for number, (kind, code, measure, bounds) in enumerate(KINDS):
        reached = [measure >= bound for bound in bounds]
        level = pl.coalesce(
            *(pl.when(hit).then(pl.lit(name)) for hit, name in zip(reversed(reached), reversed(LEVELS), strict=True))
        )
        issued = datetime.combine(world.first, time(6 + number, 30)) - datetime.combine(world.first, time())
        parts.append(
            days.with_columns(
                warning_type=pl.lit(kind),
                warning_level=level,
                issued_at=pl.col("day").cast(pl.Datetime("us")) + issued,
                kind_code=pl.lit(code),
            ).filter(pl.col("warning_level").is_not_null())
        )
    table = pl.concat(parts).sort("issued_at", "region_code", "kind_code")
    is_last = pl.int_range(pl.len()) == pl.len() - 1
    return table.with_columns(
        warning_id=pl.concat_str(
            "region_code", pl.lit("41"), pl.col("issued_at").dt.strftime("%Y%m%d"), pl.lit("00"), pl.col("kind_code")
        ),
        headline=pl.format(
            "{}市气象台发布{}{}预警信号", pl.col("region_code").replace(names), "warning_type", "warning_level"
        ),
        label_local="issued_at",
        lon_deg=pl.col("region_code").replace(lon),
        lat_deg=pl.col("region_code").replace(lat),
        lifted_at=pl.when(~is_last).then(pl.col("issued_at") + timedelta(hours=9)),
    )
