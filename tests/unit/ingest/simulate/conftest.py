"""Two simulated folders: half a year with all stations across the policy and the change of standard, and a tiny one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest

from ingest.simulate import SimulationTruth, simulate


@dataclass(frozen=True)
class Feeds:
    """A simulated folder and its wide files read back."""

    truth: SimulationTruth

    @cached_property
    def cells(self) -> pl.DataFrame:
        """``file, date, hour, type, station, value`` (text) of all wide files, doubled columns and rows as they are."""
        return pl.concat(read_wide(path) for path in self.truth.air if path.suffix == ".csv" and "sites" in path.name)

    @cached_property
    def defects(self) -> pl.DataFrame:
        return pl.read_csv(self.truth.defects, infer_schema=False)

    @cached_property
    def absent_hours(self) -> set[str]:
        """Labels of hours that no file holds."""
        return set(self.defects.filter(kind="missing_hour")["first_label"])

    @staticmethod
    def read(path: Path) -> pl.DataFrame:
        """``file, date, hour, type, station, value`` of one wide file."""
        return read_wide(path)

    def series(self, station: str, kind: str) -> dict[str, float]:
        """Value by published label (``2025-11-01T05:00``) of one station."""
        label = pl.format("{}T{}:00", pl.col("date").str.to_date("%Y%m%d"), pl.col("hour").str.zfill(2))
        rows = self.cells.filter(station=station, type=kind).select(label.alias("label"), pl.col("value").cast(float))
        return dict(rows.iter_rows())


def read_wide(path: Path) -> pl.DataFrame:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    names = [f"{name}#{place}" if place > 2 else name for place, name in enumerate(header)]
    table = pl.read_csv(
        path, has_header=False, skip_rows=1, new_columns=names, infer_schema=False, truncate_ragged_lines=True
    )
    return (
        table.unpivot(index=["date", "hour", "type"], variable_name="station", value_name="value")
        .filter(pl.col("value").is_not_null())
        .with_columns(pl.col("station").str.split("#").list.first(), file=pl.lit(path.name))
    )


@pytest.fixture(scope="session")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> Feeds:
    """2025-10-01 to 2026-03-31: one month before the policy, one month after the new AQI standard."""
    folder = tmp_path_factory.mktemp("half_year")
    return Feeds(simulate(folder, start=date(2025, 10, 1), end=date(2026, 3, 31)))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Feeds:
    """One station a city, 70 days."""
    return Feeds(simulate(tmp_path_factory.mktemp("small"), scale=0.1))
