"""Provinces and cities that a publication speaks for.

Does not belong here: their shapes (``geometry``) or their values (``figures``).
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.publication import Publication
from streamlit_app.source import cached


@dataclass(frozen=True)
class Region:
    """A province or a city."""

    code: str
    level: str
    name_zh: str


@cached
def provinces(publication: Publication) -> list[Region]:
    """Provinces with published values, by code."""
    query = """
        SELECT region_code, region_level, name_zh FROM dim_region
        WHERE region_code IN (SELECT region_code FROM indicator_values WHERE region_level = 'province')
        ORDER BY region_code"""
    with publication.connect() as db:
        return [Region(*row) for row in db.execute(query).fetchall()]


@cached
def cities(publication: Publication, province: str) -> list[Region]:
    """All cities of a province, by code; also those without any value: they must be seen to be missing."""
    query = """
        SELECT region_code, region_level, name_zh FROM dim_region
        WHERE parent_code = ? AND region_level = 'city' ORDER BY region_code"""
    with publication.connect() as db:
        return [Region(*row) for row in db.execute(query, [province]).fetchall()]
