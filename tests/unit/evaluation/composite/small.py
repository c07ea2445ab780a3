"""A small index for tests: two dimensions, the leaves as they are asked for.

Does not belong here: any expectation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from evaluation.composite.definition import Definition

AS_IT_IS = {"method": "goalposts", "low": 0, "high": 100}
"""Values from 0 to 100 stay what they are."""


def named(code: str, **fields: Any) -> dict[str, Any]:
    return {"code": code, "names": {"zh": code, "en": code}, **fields}


def payload(aggregation: str = "arithmetic", **changes: Any) -> dict[str, Any]:
    """Index = 0.6·air + 0.4·climate; air = 0.5·pm + 0.5·ozone (lower better); climate = 1·forest (higher better)."""
    more = {"exponent": 0.5} if aggregation == "power" else {}
    return {
        "code": "SMALL",
        "names": {"zh": "小指数", "en": "Small index"},
        "edition": "1",
        "official": False,
        "approver": "test",
        "decided_on": "2026-01-01",
        "reason": "a test",
        "normalisation": AS_IT_IS,
        "nodes": [
            named("index", aggregation=aggregation, **more),
            named("air", parent="index", weight=0.6, aggregation=aggregation, **more),
            named("climate", parent="index", weight=0.4, aggregation=aggregation, **more),
        ],
        "leaves": [
            named("pm", parent="air", weight=0.5, indicator="air_pm25_mean", direction="lower"),
            named("ozone", parent="air", weight=0.5, indicator="air_o3_days", direction="lower"),
            named("forest", parent="climate", indicator="forest_share", direction="higher"),
        ],
        **changes,
    }


def small(aggregation: str = "arithmetic", **changes: Any) -> Definition:
    return Definition.model_validate(payload(aggregation, **changes))


def flat(n_leaves: int, aggregation: str = "arithmetic", direction: str = "higher", **changes: Any) -> Definition:
    """One node over equal leaves x0, x1, …, values as they are."""
    more = {"exponent": -2.0} if aggregation == "power" else {}
    return small(
        weights_total=None,
        nodes=[named("index", aggregation=aggregation, **more)],
        leaves=[named(f"x{n}", parent="index", indicator=f"x{n}", direction=direction) for n in range(n_leaves)],
        **changes,
    )


def long(values: ArrayLike, indicators: list[str] | None = None, period: str = "2023", **columns: Any) -> pl.DataFrame:
    """A long table from ``values`` [regions × indicators]; NaN cells are left out."""
    matrix = np.asarray(values, dtype=float)
    names = indicators or [f"x{n}" for n in range(matrix.shape[1])]
    table = pl.DataFrame(
        {
            "region_code": np.repeat([f"r{n:02d}" for n in range(len(matrix))], len(names)),
            "period": [period] * matrix.size,
            "indicator_code": names * len(matrix),
            "value": matrix.ravel(),
            **{name: np.broadcast_to(column, matrix.shape).ravel() for name, column in columns.items()},
        }
    )
    return table.filter(pl.col("value").is_not_nan())
