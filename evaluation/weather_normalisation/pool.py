"""The weather an average is taken over: a frozen table with a name and a digest.

A score must not move because the pool grew: whoever compares two years freezes the pool first and publishes its digest
(11_effort_methods.md §6). Belongs here: the table and its identity. Does not belong here: where it is kept, the
average.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from evaluation.series import AT, VALUE, Series

OWN_ROWS = "rows of the series with a value"
"""Name of the pool that is taken when none is given."""


@dataclass(frozen=True)
class Pool:
    """Times and weather, sorted; made by :func:`pool`, so that equal contents have an equal ``digest``."""

    name: str
    weather: tuple[str, ...]
    frame: pl.DataFrame
    """Column ``at`` (naive local clock) and one Float64 column per weather variable; missing weather is null."""
    digest: str
    """SHA-256 of names, times and values."""


def pool(name: str, frame: pl.DataFrame, weather: Sequence[str]) -> Pool:
    """``frame`` (``at`` and the columns of ``weather``) as a pool; the order of its rows does not matter.

    Rows whose weather is missing altogether are left out: they hold no weather. Raises ValueError when none is left.
    """
    columns = sorted(weather)
    if not columns:
        raise ValueError(f"pool {name!r}: no weather variable is named")
    table = (
        frame.select(pl.col(AT).cast(pl.Datetime("us")), *(pl.col(c).cast(pl.Float64).fill_nan(None) for c in columns))
        .filter(pl.any_horizontal(pl.col(c).is_not_null() for c in columns))
        .sort(AT, *columns)
    )
    if table.is_empty():
        raise ValueError(f"pool {name!r} holds no weather")
    digest = hashlib.sha256("\n".join(columns).encode())
    # + 0.0 turns −0.0 into 0.0; the bits of any other number are its own
    for column in (table[AT].dt.epoch("us"), *(table[c].fill_null(float("nan")) + 0.0 for c in columns)):
        digest.update(column.to_numpy().astype(column.to_numpy().dtype.newbyteorder("<")).tobytes())
    return Pool(name, tuple(columns), table, digest.hexdigest())


def own_pool(series: Series) -> Pool:
    """The rows of the series that have a value: what rmweather and normet resample."""
    return pool(OWN_ROWS, series.frame.filter(pl.col(VALUE).is_not_null()), series.weather)
