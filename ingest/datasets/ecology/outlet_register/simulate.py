"""Simulated register: three outlets a city (waste water, stack, site dust), and what their data loggers send.

``outlets`` is also what the simulated data loggers of ``pollution_source_online`` are. The dust loggers of every
second city send mg/m3, the others ug/m3: only the register tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import cities
from ingest.simulate.writing import csv_bytes

MINUTE_INTERVAL = 10
# what a clerk typed in place of mg/m3
BAD_UNIT = "毫克/立方米"


@dataclass(frozen=True)
class Factor:
    """One measured factor: its units, and the level it moves around."""

    code: str
    name: str
    unit: str
    amount_unit: str | None
    level: float


WATER = (
    Factor("w01018", "化学需氧量", "mg/L", "kg", 42.0),
    Factor("w21003", "氨氮", "mg/L", "kg", 1.9),
    Factor("w00000", "污水", "L/s", "m3", 17.5),
)
GAS = (
    Factor("a21026", "二氧化硫", "mg/m3", "kg", 21.0),
    Factor("a21002", "氮氧化物", "mg/m3", "kg", 38.0),
    Factor("a34013", "烟尘", "mg/m3", "kg", 3.2),
)
DUST_UG = (Factor("a34001", "总悬浮颗粒物", "ug/m3", None, 128.0),)
DUST_MG = (Factor("a34001", "总悬浮颗粒物", "mg/m3", None, 0.128),)
# system code (ST) of each medium
ST = {"water": "32", "gas": "31", "ambient": "39"}


@dataclass(frozen=True)
class Outlet:
    """One outlet with its data logger."""

    mn: str
    medium: str
    enterprise: str
    name: str
    region_code: str
    factors: tuple[Factor, ...]


def outlets(world: World) -> list[Outlet]:
    """All outlets; ``scale`` keeps that share of the cities."""
    found = []
    for index, city in enumerate(cities(world)):
        dust = DUST_MG if index % 2 else DUST_UG
        for letter, medium, what, factors in (
            ("W", "water", "废水总排口", WATER),
            ("G", "gas", "1号烟囱", GAS),
            ("D", "ambient", "工地扬尘", dust),
        ):
            mn = f"SIM{city.adcode}{letter}{index:02d}".ljust(24, "0")
            found.append(Outlet(mn, medium, f"{city.name}模拟企业{letter}", what, city.adcode, factors))
    return found


def simulate(world: World) -> Iterator[Feed]:
    """The register as it stood before the period, with one row typed in the wrong unit and one row twice."""
    table = _register(world)
    first = table.row(0, named=True)
    faulty = pl.DataFrame([{**first, "factor": "a99999", "unit": BAD_UNIT}, first], schema=table.schema)
    truth = table.rename({"minute_interval": "minute_interval_min"}).with_columns(pl.col("valid_from").str.to_date())
    yield Feed(
        name=f"sim_outlet_register_{world.first:%Y%m%d}.csv",
        content=csv_bytes(pl.concat([table, faulty])),
        truth=truth,
        quarantined={"bad_unit": 1},
        duplicates={"duplicate_identical": 1},
    )


def _register(world: World) -> pl.DataFrame:
    rows = []
    for outlet in outlets(world):
        units = [(f.code, f.name, "level", f.unit) for f in outlet.factors]
        units += [(f.code, f.name, "amount", f.amount_unit) for f in outlet.factors if f.amount_unit]
        units += [("SB1", "治理设施", "state", "1"), ("SB1", "治理设施", "run_time", "h")]
        rows += [
            {
                "mn": outlet.mn,
                "factor": code,
                "kind": kind,
                "factor_name": name,
                "unit": unit,
                "enterprise": outlet.enterprise,
                "credit_code": f"91{outlet.region_code}MA{outlet.mn[9:12]}00000",
                "outlet": outlet.name,
                "medium": outlet.medium,
                "minute_interval": str(MINUTE_INTERVAL),
                "region_code": outlet.region_code,
                "valid_from": str(world.first - timedelta(days=30)),
            }
            for code, name, kind, unit in units
        ]
    return pl.DataFrame(rows)
