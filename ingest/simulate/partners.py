"""What the simulated neighbours share: their stations, their envelopes, the dialects and the faults they write with.

Does not belong here: values (``simulate.py`` beside each card).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from ingest.card import Card
from ingest.fields import LENGTHS
from ingest.formats.regions import regions
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, instant
from ingest.simulate.writing import json_bytes

# Times of a day at all stations → the readings there, as text under the gateway's names.
Values = Callable[[pl.Series, np.random.Generator], dict[str, pl.Series]]


@dataclass(frozen=True)
class Partner:
    """A neighbouring province: its terms, how late it shares, how far its clock is ahead, and its names of fields."""

    code: str
    licence: str
    delay: timedelta
    clock_ahead: timedelta
    names: Mapping[str, str]
    code_form: str


# Jiangsu has its own names throughout; Anhui renamed ozone (see RENAMED_SINCE).
PARTNERS = (
    Partner("310000", "长三角共享协议〔2024〕沪-03", timedelta(minutes=20), timedelta(0), {}, "SH-{kind}-{n:03d}"),
    Partner(
        "320000", "长三角共享协议〔2024〕苏-03", timedelta(minutes=35), timedelta(minutes=7),
        {"siteCode": "stationId", "pm25": "pm2_5", "nh3n": "nh3_n"}, "{n:04d}{kind}32",
    ),
    Partner(
        "340000", "长三角共享协议〔2024〕皖-03", timedelta(minutes=50), timedelta(minutes=-3), {}, "AH{kind}{n:02d}"
    ),
)  # fmt: skip
RENAMED_SINCE = date(2026, 2, 1)
ANHUI, RENAMED = "340000", {"o3": "o3_1h", "tp": "totalP"}
SITES = 10
UNKNOWN_SITE = "NEW-001"
MAINTENANCE_SHARE = 0.01


@dataclass(frozen=True)
class News:
    """A field that a partner sends from some day on, and that nobody announced."""

    province: str
    since: date
    name: str
    cell: str


def sites(world: World, kind: str) -> pl.DataFrame:
    """The stations of one kind (``A`` air, ``W`` water): province, partner_code, station_code, name, city."""
    rows = []
    for partner in PARTNERS:
        cities = regions().filter(
            pl.col("region_code").str.starts_with(partner.code[:2]), pl.col("region_level") == "city"
        )
        for n in range(world.some(SITES)):
            city, name = cities.select("region_code", "name_zh").row(n % cities.height)
            code = partner.code_form.format(kind=kind, n=n + 1)
            rows.append((partner.code, code, f"YD{partner.code[:2]}{kind}{n + 1:03d}", f"{name}模拟{n + 1}号", city))
    columns = ["source_province", "partner_code", "station_code", "station_name", "region_code"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def answer(partner: Partner, records: pl.DataFrame, shared_at: datetime, day: date) -> bytes:
    """The gateway's answer: ``records`` under the common names, printed in the partner's dialect of that day."""
    names = {**partner.names, **(RENAMED if partner.code == ANHUI and day >= RENAMED_SINCE else {})}
    printed = records.rename({ours: theirs for ours, theirs in names.items() if ours in records.columns})
    provider = {
        "province": partner.code,
        "licence": partner.licence,
        "sharedAt": f"{shared_at:%Y-%m-%dT%H:%M:%S}+08:00",
    }
    return json_bytes(
        {"code": 0, "message": "ok", "provider": provider, "nextPageToken": None, "data": printed.to_dicts()}
    )


def utc_text(local: pl.Expr) -> pl.Expr:
    """Local wall clock as the gateway writes instants: UTC with a Z."""
    return local.dt.offset_by("-8h").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def readings(
    card: Card,
    world: World,
    *,
    kind: str,
    days: int,
    hours: Sequence[int],
    values: Values,
    news: News | None = None,
) -> Iterator[Feed]:
    """One answer a day and province, with labels at these hours after midnight.

    A station stands twice, one is not in the register, some are in maintenance.
    """
    rng = world.rng(card.id)
    places = sites(world, kind)
    for day in world.last_days(days):
        midnight = datetime.combine(day, time())
        labels = pl.DataFrame({"at": [midnight + timedelta(hours=hour) for hour in hours]})
        for partner in PARTNERS:
            mine = places.filter(pl.col("source_province") == partner.code)
            table = mine.select("source_province", "partner_code", "station_code").join(labels, how="cross")
            table = table.with_columns(**values(table["at"], rng))
            tended = pl.Series(rng.random(table.height) < MAINTENANCE_SHARE)
            table = table.with_columns(
                *(pl.when(~tended).then(pl.col(name)).alias(name) for name in card.items.values()),
                status=pl.when(tended).then(pl.lit("M")).otherwise(pl.lit("N")),
                updated=pl.col("at") + pl.lit(partner.clock_ahead + timedelta(minutes=12)),
            )
            is_new = news is not None and partner.code == news.province and day >= news.since
            yield _of_a_day(card, day, partner, table, news if is_new else None)


def _of_a_day(card: Card, day: date, partner: Partner, table: pl.DataFrame, news: News | None) -> Feed:
    assert card.time is not None
    shared = datetime.combine(day, time()) + timedelta(days=1) + partner.delay
    records = table.select(
        pl.col(*card.items.values()).fill_null("-"),
        "status",
        siteCode="partner_code",
        dataTime=pl.col("at").dt.strftime(MOMENT),
        updatedAt=utc_text(pl.col("updated")),
        **({news.name: pl.lit(news.cell)} if news else {}),
    )
    stranger = records.head(1).with_columns(siteCode=pl.lit(UNKNOWN_SITE))
    index = {
        "source_province": pl.col("source_province"),
        "partner_code": pl.col("partner_code"),
        "station_code": pl.col("station_code"),
        "licence": pl.lit(partner.licence),
        "shared_at": instant(pl.lit(shared)),
        "updated_at": instant(pl.col("updated")),
        "agency_flag": pl.col("status"),
        "interval_start_at": instant(
            pl.col("at").dt.offset_by(f"-{LENGTHS[card.time.interval].polars}" if card.time.label == "end" else "0s")
        ),
    }
    truth = table.select(**index, **{ours: pl.col(theirs) for ours, theirs in card.items.items()})
    return Feed(
        f"sim_delta_{card.name}_{partner.code}_{day:%Y%m%d}.json",
        answer(partner, pl.concat([records, records.head(1), stranger]), shared, day),
        truth.unpivot(list(card.items), index=list(index), variable_name="item"),
        quarantined={"unresolved_name": len(card.items)},
        duplicates={"duplicate_identical": len(card.items)},
        drift={news.name: "new"} if news else {},
    )
