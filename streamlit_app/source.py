"""Which publication the pages show, and how what is read from it is remembered.

The pointer is asked once at the start of every rerun; the publication it names is handed down to everything on the
page, so a page never mixes two. Does not belong here: what is read (``figures``, ``queries``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import streamlit as st

from catalog.lake import Lake
from catalog.publication import Publication, PublicationError, open_publication

P = ParamSpec("P")
R = TypeVar("R")

# What the pages read; `indicator_values` is the contract of design.md, section 4.
NEEDED: dict[str, tuple[str, ...]] = {
    "indicator_values": (
        *("indicator_code", "edition", "region_code", "region_level", "period_type", "period_start", "value"),
        *("value_text", "unit", "lower", "upper", "coverage", "status", "n_inputs", "inputs_hash", "null_reason"),
    ),
    "catalog_indicators": (
        *("code", "name_zh", "theme", "definition_zh", "unit_zh", "decimals", "better", "change", "certainty"),
    ),
    "dim_region": ("region_code", "region_level", "name_zh", "parent_code"),
    "dim_edition": ("edition", "rulebook", "applies_from", "applies_to"),
    "air_rulebooks": ("edition", "zh", "valid_from", "limits_edition"),
    "air_limits": ("limits_edition", "pollutant", "averaging", "grade2"),
    "air_city_hour": ("interval_end_at",),
    "air_city_day": ("local_date",),
    "dim_period": ("theme", "period_type", "period_start", "period_end"),
    "air_city_period_limit": ("pollutant", "statistic", "percentile", "value", "limit_grade2"),
    "air_city_period_index": ("composite_index",),
    "batches": ("dataset", "batch", "rows_in", "accepted", "quarantined", "duplicates", "received_at"),
    "lineage_inputs": ("inputs_hash", "theme", "month"),
    "lineage_batches": ("theme", "month", "dataset", "batch"),
    "restatements": ("indicator_code", "kind", "value_before", "value_after"),
}


class UnfitPublicationError(PublicationError):
    """The publication was made by other code: tables or columns that the pages read are absent."""


def current_publication(lake: Lake) -> Publication:
    """The publication the pointer names now.

    Raises:
        PublicationError: none, damaged, or not one these pages can read; the message says how to mend it.
    """
    return _opened(open_publication(lake).folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(folder: Path) -> Publication:
    publication = Publication(folder)
    absent = [
        f"{table} ({', '.join(columns)})"
        for table, columns in NEEDED.items()
        if (found := publication.manifest.table(table)) is None or not found.has_columns(*columns)
    ]
    if absent:
        raise UnfitPublicationError(f"{publication.id}: lacks what the pages read: {'; '.join(absent)}; publish again")
    return publication


def cached(function: Callable[P, R]) -> Callable[P, R]:
    """Remember an answer per publication and arguments; a publication never changes, so it never grows stale."""
    remember = st.cache_data(
        show_spinner=False, max_entries=512, hash_funcs={Publication: lambda publication: str(publication.folder)}
    )
    return remember(function)
