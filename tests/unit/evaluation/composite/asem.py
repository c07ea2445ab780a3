"""ASEM as COINr ships it (51 countries × 49 indicators, three levels), read from the shared reference data.

Does not belong here: any expectation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evaluation.composite.definition import Definition

GROUP = "EurAsia_group"


class Asem:
    """The example's folder, its inputs as a long table, its definition."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta = self.read("00_Meta_Ind")
        self.data = self.read("00_ASEM_iData").sort("uCode")
        self.leaves = self.meta.filter(pl.col("Type") == "Indicator")["iCode"].to_list()
        self.denominators = self.meta["Denominator"].drop_nulls().unique().to_list()
        self.groups = dict(zip(self.data["uCode"], self.data[GROUP], strict=True))

    def read(self, stem: str) -> pl.DataFrame:
        """One reference file; NA is null."""
        return pl.read_csv(self.folder / f"{stem}.csv", null_values="NA", infer_schema_length=None)

    def matrix(self, stem: str, columns: list[str] | None = None) -> NDArray[np.float64]:
        """One reference file as an array, rows by unit code, columns as the leaves or as given."""
        frame = self.read(stem).sort("uCode")
        return frame.select(pl.col(columns or self.leaves).cast(pl.Float64)).to_numpy().astype(float)

    def by_leaf(self, stem: str) -> pl.DataFrame:
        """One reference file with a line per indicator, in the order of the leaves."""
        return pl.DataFrame({"iCode": self.leaves}).join(self.read(stem), on="iCode", how="left", maintain_order="left")

    @property
    def table(self) -> pl.DataFrame:
        """Raw indicators and denominators in ecolake's long form."""
        return (
            self.data.unpivot([*self.leaves, *self.denominators], index="uCode")
            .select(region_code="uCode", period=pl.lit("2018"), indicator_code="variable", value="value")
            .drop_nulls("value")
        )

    def definition(self, **changes: Any) -> Definition:
        """build_example_coin's index, with whatever is changed."""
        kinds = {1: "higher", -1: "lower"}
        rows = self.meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"])).to_dicts()
        shared = [
            {
                "code": r["iCode"],
                "names": {"zh": r["iName"], "en": r["iName"]},
                "weight": r["Weight"],
                "parent": r["Parent"],
            }
            for r in rows
        ]
        leaves = [
            s | {"indicator": r["iCode"], "denominator": r["Denominator"], "direction": kinds[r["Direction"]]}
            for s, r in zip(shared, rows, strict=True)
            if r["Type"] == "Indicator"
        ]
        aggregation = changes.pop("aggregation", {})
        nodes = [
            s | {"aggregation": aggregation.get(r["Level"], "arithmetic")} | aggregation.get("with", {})
            for s, r in zip(shared, rows, strict=True)
            if r["Type"] == "Aggregate"
        ]
        return Definition.model_validate(
            {
                "code": "ASEM",
                "names": {"zh": "可持续互联互通", "en": "Sustainable connectivity"},
                "edition": "2018",
                "official": False,
                "approver": "JRC",
                "decided_on": "2018-10-01",
                "reason": "COINr's example",
                "weights_total": None,
                "normalisation": {"method": "min_max"},
                "treatment": {"method": "winsorise_then_log"},
                "imputation": "group_mean",
                "nodes": nodes,
                "leaves": leaves,
            }
            | changes
        )
