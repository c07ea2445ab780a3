"""What the simulated neighbours share: their stations, their envelopes, and the dialects they write in.

Does not belong here: values (``simulate.py`` beside each card).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from ingest.formats.regions import regions
from ingest.simulate.feeds import World
from ingest.simulate.writing import json_bytes


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


def instant(local: pl.Expr) -> pl.Expr:
    """Local wall clock as a UTC instant, whole seconds."""
    return local.dt.truncate("1s").dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone("UTC")
