"""Supervisory samples of three simulated plant sites: natural and fallout levels, a quarter of them below detection."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed
from ingest.simulate.writing import as_workbook

CARD = card_beside(__file__)
# Medium → nuclide, unit, typical activity, detection limit.
PLAN = pl.DataFrame(
    [
        ("气溶胶", "总β", "mBq·m-3", 0.9, 0.05),
        ("气溶胶", "Be-7", "mBq·m-3", 3.4, 0.2),
        ("气溶胶", "Cs-137", "mBq·m-3", 0.002, 0.004),
        ("沉降物", "总β", "Bq·m-2·d-1", 0.6, 0.02),
        ("饮用水", "总α", "Bq·L-1", 0.012, 0.012),
        ("饮用水", "H-3", "Bq·L-1", 1.4, 1.2),
        ("海水", "H-3", "Bq·L-1", 1.6, 1.2),
        ("海水", "Cs-137", "mBq·L-1", 1.3, 0.3),
        ("土壤", "Cs-137", "Bq·kg-1", 2.1, 0.6),
        ("土壤", "Sr-90", "Bq·kg-1", 0.5, 0.1),
        ("牡蛎", "Sr-90", "Bq·kg-1", 0.03, 0.02),
    ],
    schema=["medium", "nuclide", "activity_unit", "typical", "limit"],
    orient="row",
)


def simulate(world: World) -> Iterator[Feed]:
    """A workbook a quarter: every plant, two distances, the whole plan."""
    rng = world.rng(CARD.id)
    for month in (m for m in world.months if m.month % 3 == 2):
        sites = pl.DataFrame({"plant_code": ["A", "B", "C"]}).join(
            pl.DataFrame({"distance_km": ["1.2", "9.5"]}), how="cross", maintain_order="left_right"
        )
        samples = sites.join(PLAN, how="cross", maintain_order="left_right")
        running = pl.col("medium").rle_id().over("plant_code") + 1
        count = samples.height
        activity = samples["typical"].to_numpy() * rng.lognormal(0, 0.5, count)
        below = pl.Series(activity < samples["limit"].to_numpy())
        rows = samples.select(
            sample_code=pl.format(
                "NP{}{}{}", "plant_code", pl.lit(f"{month:%Y%m}"), running.cast(pl.String).str.zfill(3)
            ),
            nuclide="nuclide",
            plant_code="plant_code",
            medium="medium",
            activity=ledgers.fixed(activity, 5).set(below, "<LLD"),
            activity_unit="activity_unit",
            detection_limit=ledgers.fixed(samples["limit"].to_numpy(), 5),
            distance_km="distance_km",
            label_local=pl.Series(np.datetime64(month, "us") + rng.integers(0, 25, count) * np.timedelta64(1, "D")),
        )
        yield feed(
            CARD,
            f"sim_nuclear_supervision_{month.year}Q{(month.month + 2) // 3}.xlsx",
            rows,
            as_workbook("监督性监测", "核电厂外围环境放射性监督性监测结果", header="merged"),
            label=("采样日期", "%Y-%m-%d"),
            faults=[broken("unknown_nuclide", "nuclide", "Cs-13")],
        )
