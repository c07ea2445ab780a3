"""The 8 × 5 matrix with what four independent implementations made of it (../shared/data/index/weighting_methods)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest


class Peers:
    """Input and recorded outputs of numpy, pymcdm, scikit-criteria, pyDecision and R mathmodels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.matrix = pl.read_csv(folder / "matrix.csv").drop("alt").to_numpy()
        self.directions = pl.read_csv(folder / "types.csv")["type"].to_numpy()
        self.topsis_weights = pl.read_csv(folder / "topsis_weights.csv")["weight"].to_numpy()
        self.results = pl.read_csv(folder / "results_long.csv")

    def of(self, method: str, implementation: str) -> np.ndarray:
        """The recorded values, in the order of indicators or rows."""
        found = self.results.filter(method=method, implementation=implementation)["value"].to_numpy()
        assert len(found), f"{method} of {implementation} is not recorded"
        return found

    def one(self, method: str, implementation: str, item: str) -> float:
        return self.results.filter(method=method, implementation=implementation, item=item)["value"].item()

    def judgements(self, number: int) -> np.ndarray:
        return pl.read_csv(self.folder / f"ahp_matrix_{number}.csv").to_numpy()


@pytest.fixture(scope="session")
def peers(shared_data: Path) -> Peers:
    return Peers(shared_data / "index" / "weighting_methods")
