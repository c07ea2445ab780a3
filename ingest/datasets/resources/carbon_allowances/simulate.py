"""Allowance accounts that close; power from 2023, cement, steel and aluminium from 2024; one firm has not complied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)
COVERAGE_WIDENED = 2024


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__carbon_allowances")
    firms = ledgers.enterprises(world, world.some(40), ("电力热力", "水泥", "钢铁", "有色金属"))
    verified = rng.uniform(3e4, 6e6, firms.height)
    opening = pl.Series((verified * 0.03).round(0))
    for year in world.years:
        emitted = pl.Series((verified * rng.normal(1, 0.03, firms.height)).round(0))
        final = (emitted * pl.Series(rng.uniform(0.94, 1.05, firms.height))).round(0)
        gap = emitted - final - opening
        table = firms.with_columns(
            verified_t=emitted,
            preallocated_t=(final * 0.7).round(0),
            final_t=final,
            opening_t=opening,
            bought_t=gap.clip(lower_bound=0),
            sold_t=((-gap).clip(lower_bound=0) * 0.5).round(0),
            ccer_used_t=(emitted * 0.02).round(0),
            surrendered_t=emitted,
            compliance_date=pl.lit(date(year + 1, 12, 15)),
            verification=pl.lit("合格"),
            deviation_pct=pl.Series(rng.normal(0, 1.5, firms.height).round(2)),
            label_local=pl.date(year, 1, 1),
        ).with_columns(
            closing_t=pl.col("opening_t")
            + pl.col("final_t")
            + pl.col("bought_t")
            - pl.col("sold_t")
            - pl.col("surrendered_t")
            + pl.col("ccer_used_t")
        )
        opening = table["closing_t"]
        late = pl.int_range(pl.len()) == pl.len() - 1
        table = table.with_columns(pl.when(~late).then("compliance_date").alias("compliance_date"))
        rows = table.filter((pl.col("sector") == "电力热力") | (pl.lit(year) >= COVERAGE_WIDENED))
        yield feed(
            CARD,
            f"sim_carbon_allowances_{year}.json",
            by_card(CARD, rows),
            as_platform_json(),
            label=("complianceYear", "%Y"),
            faults=[repeated(), without("credit_code")],
        )
