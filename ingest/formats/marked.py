"""Cells that hold more or less than a number: blanks, and results below a laboratory's detection limit.

Works on what ``measured`` returns. Does not belong here: sentinels and types (the lake door).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from ingest.parsing import ParseResult

BELOW, NOT_DETECTED = "L", ("未检出", "ND", "nd", "N.D.", "＜DL", "<DL")
# ``0.01L`` (HJ convention), ``<0.01``, ``<0.01L``; full-width signs are typed as often
BELOW_PATTERN = r"^(?:[<＜]\s*([0-9]+(?:\.[0-9]+)?)\s*L?|([0-9]+(?:\.[0-9]+)?)\s*L)$"


def without_blanks(found: ParseResult) -> ParseResult:
    """Blank cells are no rows: the place does not measure the item."""
    return replace(found, rows=found.rows.filter(pl.col("value").str.strip_chars().fill_null("") != ""))


def below_limit(found: ParseResult, limits: Mapping[str, str]) -> ParseResult:
    """Columns ``agency_flag`` (``L``) and ``detection_limit`` of results below it, whose value is null.

    ``limits``: the sheet's own limit per item as the source calls it, for results that say "not detected" only.
    What such a result counts as (half the limit, in most statistics) is not decided here.
    """
    cell = pl.col("value").str.strip_chars()
    printed = pl.coalesce(cell.str.extract(BELOW_PATTERN, 1), cell.str.extract(BELOW_PATTERN, 2))
    below = printed.is_not_null() | cell.is_in(NOT_DETECTED)
    listed = pl.col("item").replace_strict(dict(limits), default=None, return_dtype=pl.String)
    return replace(
        found,
        rows=found.rows.with_columns(
            value=pl.when(below).then(None).otherwise(cell),
            agency_flag=pl.when(below).then(pl.lit(BELOW)),
            detection_limit=pl.when(below).then(pl.coalesce(printed, listed)),
        ),
    )
