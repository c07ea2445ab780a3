"""Shared water quality: class II to III waters; oxygen falls with temperature, nutrients vary by half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.partners import PARTNERS, Partner, answer, instant, sites, utc_text

CARD = card_beside(__file__)
DAYS = 60
UNKNOWN_SITE = "NEW-001"
MAINTENANCE_SHARE = 0.01
# usual level, noise (of the logarithm), decimals
USUAL = {
    "ph": (7.6, 0.02, 2),
    "codmn": (3.6, 0.2, 1),
    "nh3n": (0.3, 0.5, 2),
    "tp": (0.09, 0.3, 3),
    "tn": (1.9, 0.25, 2),
}


def simulate(world: World) -> Iterator[Feed]:
    """One answer a day and province: a station twice, one that the register does not know, some in maintenance."""
    rng = world.rng("yangtze_delta__water_4hourly")
    places = sites(world, "W")
    for day in world.last_days(DAYS):
        for partner in PARTNERS:
            mine = places.filter(pl.col("source_province") == partner.code)
            yield _answer(day, partner, mine, rng)


def _answer(day: date, partner: Partner, places: pl.DataFrame, rng: np.random.Generator) -> Feed:
    midnight = datetime.combine(day, time())
    labels = pl.DataFrame({"at": [midnight + timedelta(hours=h) for h in range(0, 24, 4)]})
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
        interval_start_at=instant(pl.col("at").dt.offset_by("0h")),
    )
    index = [name for name in truth.columns if name not in CARD.items]
    return Feed(
        f"sim_delta_water_4hourly_{partner.code}_{day:%Y%m%d}.json",
        answer(partner, pl.concat([records, records.head(1), stranger]), shared, day),
        truth.unpivot(list(CARD.items), index=index, variable_name="item"),
        quarantined={"unresolved_name": len(CARD.items)},
        duplicates={"duplicate_identical": len(CARD.items)},
    )


def _values(at: pl.Series, rng: np.random.Generator) -> dict[str, pl.Series]:
    summer = -np.cos(2 * np.pi * (at.dt.ordinal_day().to_numpy() - 25) / 365.25)
    temperature = 18 + 11 * summer + rng.normal(0, 0.6, at.len())
    oxygen = 14.6 * np.exp(-0.021 * temperature) * rng.uniform(0.85, 1.05, at.len())
    values = {"waterTemp": temperature.round(1), "do": oxygen.round(2)}
    for name, (usual, noise, decimals) in USUAL.items():
        values[name] = (usual * np.exp(rng.normal(0, noise, at.len()))).round(decimals)
    return {name: pl.Series(level).cast(pl.String) for name, level in values.items()}
