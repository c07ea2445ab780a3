"""Regions as people name them: a code, the full name, or the name without 市/县/区 (杭州 → 330100).

Reads the published ``dim_region``; what a region is, is decided in ``catalog/editions/regions.csv`` and the station
register.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from catalog.publication.errors import QuestionError

SUFFIX = re.compile(r"(特别行政区|自治[州县区]|[省市区县])$")
TABLE = "dim_region"
STATION = "station"
SHOWN = 8


@dataclass(frozen=True)
class Region:
    """One place that numbers speak for."""

    code: str
    level: str
    name_zh: str
    parent_code: str | None
    parent_zh: str | None

    @property
    def shown(self) -> str:
        """Name, code and what it lies in."""
        within = f", {self.parent_zh}" if self.parent_zh else ""
        return f"{self.name_zh} ({self.code}, {self.level}{within})"


def resolve(connection: duckdb.DuckDBPyConnection, text: str) -> Region:
    """The one region that ``text`` means.

    Raises:
        QuestionError: none or several; the message lists what comes near.
    """
    regions = _all(connection)
    asked = text.strip()
    for matches in (
        [r for r in regions if r.code == asked],
        [r for r in regions if r.name_zh == asked],
        [r for r in regions if SUFFIX.sub("", r.name_zh) == asked],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise QuestionError(f"{asked!r} fits several regions: {_listed(matches)}; ask by code")
    near = [r for r in regions if asked and (asked in r.name_zh or asked in r.code)]
    if not near:
        names = {r: (r.code, r.name_zh, SUFFIX.sub("", r.name_zh)) for r in regions}
        close = get_close_matches(asked, [word for known in names.values() for word in known], SHOWN, 0.5)
        near = list(dict.fromkeys(r for word in close for r, known in names.items() if word in known))
    raise QuestionError(f"no region {asked!r}; near: {_listed(near) or 'nothing'}; ask by code or by Chinese name")


def stations_of(connection: duckdb.DuckDBPyConnection, region: Region) -> list[str]:
    """Codes of the stations in a region, itself if it is one."""
    if region.level == STATION:
        return [region.code]
    found = connection.execute(
        """WITH RECURSIVE inside AS (
            SELECT region_code, region_level FROM dim_region WHERE region_code = ?
            UNION
            SELECT r.region_code, r.region_level FROM dim_region r JOIN inside i ON r.parent_code = i.region_code
        ) SELECT region_code FROM inside WHERE region_level = ? ORDER BY region_code""",
        [region.code, STATION],
    ).fetchall()
    return [code for (code,) in found]


def children_of(connection: duckdb.DuckDBPyConnection, region: Region) -> list[str]:
    """Codes of the regions directly below."""
    query = "SELECT DISTINCT region_code FROM dim_region WHERE parent_code = ? ORDER BY region_code"
    return [code for (code,) in connection.execute(query, [region.code]).fetchall()]


def _all(connection: duckdb.DuckDBPyConnection) -> list[Region]:
    found = connection.execute(
        """SELECT DISTINCT r.region_code, r.region_level, coalesce(r.name_zh, r.region_code), r.parent_code, p.name_zh
        FROM dim_region r LEFT JOIN dim_region p ON p.region_code = r.parent_code ORDER BY ALL"""
    ).fetchall()
    return [Region(*row) for row in found]


def _listed(regions: list[Region]) -> str:
    more = f" and {len(regions) - SHOWN} more" if len(regions) > SHOWN else ""
    return "; ".join(r.shown for r in regions[:SHOWN]) + more
