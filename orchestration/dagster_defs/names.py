"""Asset keys: ``<zone>/<dataset id>``, so that path = name = key. Nothing here knows what an asset does."""

from __future__ import annotations

import dagster as dg

LANDING, CORE, FLAGS, EVALUATION = "landing", "core", "flags", "evaluation"
EVALUATION_SERIES = dg.AssetKey([EVALUATION, "series"])
PUBLICATION = dg.AssetKey(["publication", "current"])
INDICATOR_CATALOG = dg.AssetKey(["catalog", "indicators"])


def landing_key(dataset: str) -> dg.AssetKey:
    """Bytes as received."""
    return dg.AssetKey([LANDING, dataset])


def core_key(dataset: str) -> dg.AssetKey:
    """Typed rows; also what dagster-dbt calls the dbt source of that name."""
    return dg.AssetKey([CORE, dataset])


def flags_key(dataset: str) -> dg.AssetKey:
    """What contextual tests say about the rows."""
    return dg.AssetKey([FLAGS, dataset])
