"""Shared air quality: a course of the year and the day with noise, as the neighbours would send it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.partners import News, readings

CARD = card_beside(__file__)
DAYS = 30
NEWS = News(province="310000", since=date(2026, 3, 20), name="calibratedToday", cell="N")
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
    """Labels at the end of each hour."""
    return readings(CARD, world, kind="A", days=DAYS, hours=range(1, 25), values=_values, news=NEWS)


def _values(at: pl.Series, rng: np.random.Generator) -> dict[str, pl.Series]:
    winter = np.cos(2 * np.pi * (at.dt.ordinal_day().to_numpy() - 15) / 365.25)
    afternoon = np.cos(2 * np.pi * (at.dt.hour().to_numpy() - 15) / 24)
    values = {}
    for name, (usual, season, hour) in USUAL.items():
        level = usual * (1 + season * winter) * (1 + hour * afternoon) * np.exp(rng.normal(0, 0.25, at.len()))
        text = pl.Series(level.round(1 if name == "co" else 0)).cast(pl.String)
        values[name] = text.str.strip_suffix(".0")
    return values
