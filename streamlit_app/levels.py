"""AQI levels: names, ranges and official colours of HJ 633, and whether text on a colour can be read.

Read from ``catalog/editions/air_levels.csv``: both editions print the same six, so a page needs no publication to know
them. Does not belong here: which level a day has (published).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BLACK, WHITE = "#111111", "#ffffff"
# Where black and white contrast equally with a colour (WCAG 2: (L + 0.05)² = 0.05 · 1.05).
EVEN_LUMINANCE = 0.179


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
        """Black or white, whichever contrasts more."""
        return BLACK if luminance(self.hex) > EVEN_LUMINANCE else WHITE


@cache
def levels() -> dict[int, Level]:
    """Level number → level, best first; the newest edition counts."""
    text = (files("catalog") / "editions" / "air_levels.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        int(row["level"]): Level(int(row["level"]), row["zh"], int(row["aqi_min"]), int(row["aqi_max"]), row["hex"])
        for row in rows
    }


def luminance(hex_colour: str) -> float:
    """WCAG relative luminance of ``#RRGGBB``."""
    channels = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
