"""The table an index is computed from, as arrays: one row per region and period, one column per leaf.

Belongs here: long table → sorted arrays, denominators, intervals, which row came before which. Does not belong here:
filling, treating, or judging values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.definition import Definition, Leaf

REGION, PERIOD, INDICATOR, VALUE = "region_code", "period", "indicator_code", "value"
LOWER, UPPER = "lower", "upper"
"""Ends of a value's own interval, where it is estimated."""
MODEL_SD = "model_sd"
"""Standard deviation of an error that the interval does not contain, in the value's unit (the effort model's)."""
KEY = (REGION, PERIOD, INDICATOR)


class IndexDataError(ValueError):
    """The values cannot be scored under the definition; the message says which, and what to do."""


class Layout(NamedTuple):
    """Rows in numbers, for the kernels.

    ``period_start`` [periods+1]: rows of one period; ``fit_start`` [panels+1]: rows that share the statistics of
    normalisation; ``panel`` [rows]: whether a row counts in them; ``group`` [rows]: number of the region's group, −1
    none; ``previous`` [rows]: the same region's row one period of the table earlier, −1 none.
    """

    period_start: NDArray[np.int64]
    fit_start: NDArray[np.int64]
    panel: NDArray[np.bool_]
    group: NDArray[np.int64]
    previous: NDArray[np.int64]


@dataclass(frozen=True)
class Inputs:
    """The table as arrays: rows sorted by period, then region.

    ``regions``, ``periods`` [rows]; ``values``, ``lower``, ``upper``, ``model_sd`` [rows × leaves] after division by
    the denominators, NaN where there is none; ``layout`` of the rows.
    """

    regions: tuple[str, ...]
    periods: tuple[str, ...]
    values: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    model_sd: NDArray[np.float64]
    layout: Layout

    def rows_of(self, period: str) -> slice:
        """The rows of one period. Raises IndexDataError if the table has none."""
        if period not in self.periods:
            raise IndexDataError(f"no period {period!r}; the table has {', '.join(sorted(set(self.periods)))}")
        first = self.periods.index(period)
        return slice(first, first + self.periods.count(period))


def inputs_of(definition: Definition, table: pl.DataFrame, groups: Mapping[str, str] | None = None) -> Inputs:
    """Arrays for ``definition`` from a long ``table``, in whatever order its rows are.

    ``table``: ``region_code``, ``period`` (text, number or date: sorted as text, so 2023, 2023-01 or 2023-01-01),
    ``indicator_code``, ``value``; ``lower``, ``upper``, ``model_sd`` if there are any. Indicators the definition does
    not name are ignored. ``groups``: region → group, for imputation by group.

    Raises IndexDataError: a column is missing, a key stands twice, a value is infinite, a denominator is not positive,
    a value lies outside its own interval, an indicator of the definition has no value at all, a listed panel has no
    rows.
    """
    long = _checked(definition, table)
    wanted = {code for leaf in definition.leaves for code in (leaf.indicator, leaf.denominator) if code}
    indicators = [leaf.indicator for leaf in definition.leaves]
    rows = long.filter(pl.col(INDICATOR).is_in(indicators)).select(PERIOD, REGION).unique().sort(PERIOD, REGION)
    _refuse_absent(definition, long)
    wide = {measure: _wide(long, rows, measure, sorted(wanted)) for measure in (VALUE, LOWER, UPPER, MODEL_SD)}
    regions, periods = tuple(rows[REGION].to_list()), tuple(rows[PERIOD].to_list())
    arrays = {m: np.column_stack([_divided(wide, m, leaf) for leaf in definition.leaves]) for m in wide}
    return Inputs(
        regions,
        periods,
        arrays[VALUE],
        arrays[LOWER],
        arrays[UPPER],
        arrays[MODEL_SD],
        _layout(definition, rows, groups or {}),
    )


def _checked(definition: Definition, table: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in (*KEY, VALUE) if name not in table.columns]
    if missing:
        raise IndexDataError(f"{definition.code}: the table lacks {', '.join(missing)}; it has {table.columns}")
    extra = [name for name in (LOWER, UPPER, MODEL_SD) if name in table.columns]
    long = table.select(
        *(pl.col(name).cast(pl.String) for name in KEY),
        *(pl.col(name).cast(pl.Float64).fill_nan(None) for name in (VALUE, *extra)),
        *(pl.lit(None, pl.Float64).alias(name) for name in (LOWER, UPPER, MODEL_SD) if name not in extra),
    )
    twice = long.filter(pl.struct(KEY).is_duplicated()).sort(KEY)
    if twice.height:
        region, period, indicator = twice.row(0)[:3]
        raise IndexDataError(f"{twice.height} rows share a key, first {indicator} of {region}, {period}; keep one each")
    infinite = long.filter(pl.any_horizontal(pl.col(VALUE, LOWER, UPPER, MODEL_SD).is_infinite())).sort(KEY)
    if infinite.height:
        region, period, indicator = infinite.row(0)[:3]
        raise IndexDataError(f"{indicator} of {region}, {period} is infinite; correct it or leave it out (null)")
    crossed = long.filter((pl.col(LOWER) > pl.col(VALUE)) | (pl.col(UPPER) < pl.col(VALUE)) | (pl.col(MODEL_SD) < 0))
    if crossed.height:
        region, period, indicator = crossed.sort(KEY).row(0)[:3]
        raise IndexDataError(
            f"{indicator} of {region}, {period} lies outside its own interval, or model_sd is negative; "
            "expected lower ≤ value ≤ upper and model_sd ≥ 0"
        )
    return long


def _refuse_absent(definition: Definition, long: pl.DataFrame) -> None:
    known = set(long.filter(pl.col(VALUE).is_not_null())[INDICATOR].unique())
    for leaf in definition.leaves:
        for code in (leaf.indicator, leaf.denominator):
            if code and code not in known:
                raise IndexDataError(
                    f"node {leaf.code}: indicator {code} has no value in the table; compute it, or take the leaf out "
                    "of the definition in a new edition"
                )


def _wide(long: pl.DataFrame, rows: pl.DataFrame, measure: str, wanted: list[str]) -> dict[str, NDArray[np.float64]]:
    """One array [rows] per indicator."""
    placed = rows.with_row_index("row")
    found = long.filter(pl.col(INDICATOR).is_in(wanted), pl.col(measure).is_not_null()).join(
        placed, on=[PERIOD, REGION]
    )
    out = {code: np.full(rows.height, np.nan) for code in wanted}
    for (code,), part in found.group_by(INDICATOR):
        out[str(code)][part["row"].to_numpy()] = part[measure].to_numpy()
    return out


def _divided(wide: dict[str, dict[str, NDArray[np.float64]]], measure: str, leaf: Leaf) -> NDArray[np.float64]:
    """A leaf's column; the denominator is taken as exact."""
    column = wide[measure][leaf.indicator]
    if leaf.denominator is None:
        return column
    by = wide[VALUE][leaf.denominator]
    if np.any(by <= 0):
        raise IndexDataError(f"node {leaf.code}: denominator {leaf.denominator} is not positive everywhere; correct it")
    return column / by


def _layout(definition: Definition, rows: pl.DataFrame, groups: Mapping[str, str]) -> Layout:
    scope, listed = definition.panel.periods, definition.panel.regions
    in_panel = pl.lit(value=True) if listed is None else pl.col(REGION).is_in(listed)
    if isinstance(scope, list):
        in_panel &= pl.col(PERIOD).is_in(scope)
    numbers = {name: n for n, name in enumerate(sorted(set(groups.values())))}
    of_region = {region: numbers[name] for region, name in groups.items()}
    placed = rows.with_row_index("row").with_columns(
        number=pl.col(PERIOD).rank("dense").cast(pl.Int64),
        panel=in_panel,
        group=pl.col(REGION).replace_strict(of_region, default=-1, return_dtype=pl.Int64),
    )
    if not placed["panel"].any():
        raise IndexDataError(f"{definition.code}: no row of the table belongs to the panel the definition lists")
    before = placed.select(REGION, pl.col("number") + 1, previous="row")
    previous = placed.join(before, on=[REGION, "number"], how="left", maintain_order="left")["previous"]
    sizes = placed.group_by("number", maintain_order=True).len()["len"].to_numpy()
    period_start = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    return Layout(
        period_start,
        period_start if scope == "each" else np.array([0, rows.height], dtype=np.int64),
        placed["panel"].to_numpy(),
        placed["group"].to_numpy(),
        previous.cast(pl.Int64).fill_null(-1).to_numpy(),
    )
