"""Tables of measured items as simulated providers publish them: number text, long truth, and the smooth courses behind.

Does not belong here: any particular provider's format (``simulate.py`` beside the card).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.card import Card
from ingest.simulate.items import Floats
from ingest.simulate.noise import shared_and_own

DAYS_PER_YEAR = 365.25
Instants = npt.NDArray[np.datetime64]


def instants(days: Sequence[date], hours: Sequence[int] = (0,)) -> Instants:
    """Local instants: each day at each hour, in order."""
    first = np.array(days, dtype="M8[D]").astype("M8[h]")
    return np.asarray(first[:, None] + np.array(hours, dtype="m8[h]")[None, :]).reshape(-1)


def season(times: Instants, peak_day: float) -> Floats:
    """A yearly cosine ``[time, 1]``: +1 on day ``peak_day`` of the year."""
    day = (times - times.astype("M8[Y]").astype(times.dtype)).astype("m8[s]").astype(np.float64) / 86400
    return np.asarray(np.cos(2 * np.pi * (day - peak_day) / DAYS_PER_YEAR))[:, None]


def clock(times: Instants, peak_hour: float) -> Floats:
    """A daily cosine ``[time, 1]``: +1 at ``peak_hour``."""
    hour = (times - times.astype("M8[D]").astype(times.dtype)).astype("m8[s]").astype(np.float64) / 3600
    return np.asarray(np.cos(2 * np.pi * (hour - peak_hour) / 24))[:, None]


def years_since(times: Instants, first: date) -> Floats:
    """Years ``[time, 1]`` since a day, for trends."""
    return np.asarray((times - np.datetime64(first)) / np.timedelta64(1, "D") / DAYS_PER_YEAR, dtype=np.float64)[
        :, None
    ]


def noise(rng: np.random.Generator, times: Instants, places: int, memory_steps: float, shared: float = 0.4) -> Floats:
    """Unit noise ``[time, place]`` that remembers so many steps."""
    return shared_and_own(rng, len(times), places, memory_steps, shared)


def number_text(values: Floats, digits: int) -> pl.Series:
    """Numbers ``[time, place]`` flattened by time as text with so many decimals; nan is null."""
    flat = values.reshape(-1)
    known = np.isfinite(flat)
    scaled = pl.Series(np.rint(np.where(known, flat, 0) * 10**digits).astype(np.int64))
    whole, rest = scaled.abs() // 10**digits, scaled.abs() % 10**digits
    text = whole.cast(pl.String) + ("." + rest.cast(pl.String).str.zfill(digits) if digits else "")
    sign = pl.select(pl.when(scaled < 0).then(pl.lit("-")).otherwise(pl.lit(""))).to_series()
    return pl.select(pl.when(pl.Series(known)).then(sign + text)).to_series()


def grid(times: Instants, places: pl.DataFrame) -> pl.DataFrame:
    """``start`` (local) and the columns of ``places``, a row per time and place, in the order of ``number_text``."""
    starts = pl.DataFrame({"start": pl.Series(times.astype("M8[us]"))})
    return starts.join(places, how="cross", maintain_order="left_right")


def long_truth(card: Card, wide: pl.DataFrame, carried: Sequence[str] = (), absent: str | None = None) -> pl.DataFrame:
    """What the lake must hold of ``wide``: local ``start`` of the interval, ``station_code``, our items as text.

    ``absent`` stands in cells that are no values at all.
    """
    assert card.time is not None
    items = [code for code in card.items if code in wide.columns]
    long = wide.unpivot(index=["start", "station_code", *carried], on=items, variable_name="item", value_name="value")
    if absent is not None:
        long = long.filter(pl.col("value").ne_missing(absent))
    local = pl.col("start").cast(pl.Datetime("us")).dt.replace_time_zone(card.time.zone)
    return long.with_columns(interval_start_at=local.dt.convert_time_zone("UTC")).drop("start")
