"""Shared air quality: a course of the year and the day with noise, as the neighbours would send it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.partners import PARTNERS, Partner, answer, instant, sites, utc_text

CARD = card_beside(__file__)
DAYS = 30
UNKNOWN_SITE = "NEW-001"
MAINTENANCE_SHARE = 0.01
# From then on Shanghai sends a field that nobody announced.
SHANGHAI, NEW_FIELD_SINCE = "310000", date(2026, 3, 20)
# usual level, and by how much the season (winter +) and the day (afternoon +) change it
USUAL = {
    "pm25": (32.0, 0.5, -0.1),
    "pm10": (52.0, 0.4, -0.1),
    "so2": (7.0, 0.2, 0.1),
    "no2": (28.0, 0.4, -0.3),
    "o3": (70.0, -0.4, 0.6),
    "co": (0.7, 0.3, -0.1),
}


def simulate(world: World) -> Iterator[Feed]:
    """One answer a day and province: a station twice, one that the register does not know, some in maintenance."""
    rng = world.rng("yangtze_delta__air_hourly")
    places = sites(world, "A")
    for day in world.last_days(DAYS):
        for partner in PARTNERS:
            mine = places.filter(pl.col("source_province") == partner.code)
            yield _answer(day, partner, mine, rng)


def _answer(day: date, partner: Partner, places: pl.DataFrame, rng: np.random.Generator) -> Feed:
    midnight = datetime.combine(day, time())
    labels = pl.DataFrame({"at": [midnight + timedelta(hours=h) for h in range(1, 25)]})
    table = places.select("source_province", "partner_code", "station_code").join(labels, how="cross")
    updated = pl.col("at") + pl.lit(partner.clock_ahead + timedelta(minutes=12))
    table = table.with_columns(updated=updated, **_values(table["at"], rng))
    tended = pl.Series(rng.random(table.height) < MAINTENANCE_SHARE)
    table = table.with_columns(pl.when(~tended).then(pl.col(n)).alias(n) for n in CARD.items.values()).with_columns(
        status=pl.when(tended).then(pl.lit("M")).otherwise(pl.lit("N"))
    )
    records = table.select(
        *CARD.items.values(),
        "status",
        siteCode="partner_code",
        dataTime=pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S"),
        updatedAt=utc_text(pl.col("updated")),
    ).with_columns(pl.col(*CARD.items.values()).fill_null("-"))
    drift = {}
    if partner.code == SHANGHAI and day >= NEW_FIELD_SINCE:
        records, drift = records.with_columns(calibratedToday=pl.lit("N")), {"calibratedToday": "new"}
    stranger = records.head(1).with_columns(siteCode=pl.lit(UNKNOWN_SITE))
    shared = midnight + timedelta(days=1) + partner.delay
    truth = table.rename({theirs: ours for ours, theirs in CARD.items.items()}).select(
        "source_province",
        "partner_code",
        "station_code",
        *CARD.items,
        licence=pl.lit(partner.licence),
        shared_at=instant(pl.lit(shared)),
        updated_at=instant(pl.col("updated")),
        agency_flag="status",
        interval_start_at=instant(pl.col("at").dt.offset_by("-1h")),
    )
    index = [name for name in truth.columns if name not in CARD.items]
    return Feed(
        f"sim_delta_air_hourly_{partner.code}_{day:%Y%m%d}.json",
        answer(partner, pl.concat([records, records.head(1), stranger]), shared, day),
        truth.unpivot(list(CARD.items), index=index, variable_name="item"),
        quarantined={"unresolved_name": len(CARD.items)},
        duplicates={"duplicate_identical": len(CARD.items)},
        drift=drift,
    )


def _values(at: pl.Series, rng: np.random.Generator) -> dict[str, pl.Series]:
    winter = np.cos(2 * np.pi * (at.dt.ordinal_day().to_numpy() - 15) / 365.25)
    afternoon = np.cos(2 * np.pi * (at.dt.hour().to_numpy() - 15) / 24)
    values = {}
    for name, (usual, season, hour) in USUAL.items():
        level = usual * (1 + season * winter) * (1 + hour * afternoon) * np.exp(rng.normal(0, 0.25, at.len()))
        text = pl.Series(level.round(1 if name == "co" else 0)).cast(pl.String)
        values[name] = text.str.strip_suffix(".0")
    return values
