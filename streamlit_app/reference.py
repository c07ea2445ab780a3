"""Facts that do not come with a publication: names of editions, colours of levels, limits of the standards.

Read from the CSV files of ``catalog/editions``. Does not belong here: which edition applies when (the publication's
``dim_edition``) or any measured value.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

IN_FORCE = "in-force"
IN_FORCE_ZH = "现行标准（按观测日期）"


@dataclass(frozen=True)
class Level:
    """One AQI level with its official colour; ``ink`` is the text colour readable on it."""

    number: int
    zh: str
    aqi_min: int
    aqi_max: int
    hex: str

    @property
    def ink(self) -> str:
        """Black or white, whichever contrasts more (WCAG relative luminance)."""
        return "#111111" if luminance(self.hex) > 0.179 else "#ffffff"


@dataclass(frozen=True)
class Limit:
    """A grade II limit: the number, its unit, what it is called and where it stands."""

    value: Decimal
    unit: str
    averaging: str
    standard: str
    certainty: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("catalog") / "editions" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def edition_names() -> dict[str, str]:
    """Edition → Chinese name, 'in-force' first."""
    return {IN_FORCE: IN_FORCE_ZH} | {row["edition"]: row["zh"] for row in _rows("air_rulebooks")}


def edition_name(edition: str) -> str:
    """Chinese name; an edition this code does not know keeps its code."""
    return edition_names().get(edition, edition)


@cache
def levels() -> dict[int, Level]:
    """Level number → level. Names and colours are the same in both editions of HJ 633; the newest counts."""
    return {
        int(row["level"]): Level(int(row["level"]), row["zh"], int(row["aqi_min"]), int(row["aqi_max"]), row["hex"])
        for row in _rows("air_levels")
    }


@cache
def grade2_limits() -> dict[tuple[str, str, str], Limit]:
    """(limits edition, pollutant, averaging) → grade II limit."""
    return {
        (row["limits_edition"], row["pollutant"], row["averaging"]): Limit(
            Decimal(row["grade2"]), row["unit"], row["averaging"], row["limits_edition"], row["certainty"]
        )
        for row in _rows("air_limits")
    }


@cache
def doubtful_rules() -> list[dict[str, str]]:
    """Rows of every edition table that are marked doubtful, with the table they stand in."""
    tables = ("air_validity", "air_limits", "air_levels", "air_statistics", "air_ranking_weights", "air_rulebooks")
    return [{"table": table, **row} for table in tables for row in _rows(table) if row["certainty"] == "doubtful"]


def luminance(hex_colour: str) -> float:
    """WCAG relative luminance of ``#RRGGBB``."""
    channels = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
