"""One province's inventory in CEADs' form: three sectors that add up to the total, from the simulated economy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from ingest.card import card_beside
from ingest.simulate.economy import accounts
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import instant
from ingest.simulate.writing import workbook_bytes

CARD = card_beside(__file__)
FUELS = [c for c in CARD.columns if c.unit == "Mt"]
SHARES = {
    "Production and Supply of Electric Power, Steam and Hot Water": {"Raw_Coal": 0.56, "Natural_Gas": 0.06},
    "Nonmetal Mineral Products": {"Raw_Coal": 0.04, "Process": 0.09},
    "Transportation, Storage, Post and Telecommunication Services": {"Diesel_Oil": 0.15, "Gasoline": 0.10},
}


def simulate(world: World) -> Iterator[Feed]:
    """One workbook a year with the sheet of Zhejiang."""
    for (year,), table in accounts(world).group_by("year", maintain_order=True):
        truth = _inventory(round(float(table["co2_mt"].sum()), 3))
        heads = ["Emission_Inventory", *(c.source_name for c in FUELS)]
        units = ["unit", *["Mt CO2"] * len(FUELS)]
        sheet: list[Sequence[Any]] = [heads, units, [], *truth.drop("sector").rows()]
        yield Feed(
            f"sim_ceads_province_co2_{year}.xlsx",
            workbook_bytes({"NOTE": [["Introduction/简介", "simulated"]], f"Zhejiang{year}": sheet}),
            truth.with_columns(
                pl.col(c.name for c in FUELS).cast(pl.String),
                province_name=pl.lit("Zhejiang"),
                interval_start_at=instant(pl.date(year, 1, 1)),
            ),
        )


def _inventory(total_mt: float) -> pl.DataFrame:
    """The sectors with their fuels, and their sum on the first line."""
    single = [c.name for c in FUELS[:-1]]
    sources = {c.name: c.source_name or "" for c in FUELS}
    sectors = pl.DataFrame({"sector": list(SHARES), "sector_label": list(SHARES)}).with_columns(
        pl.Series(name, [total_mt * parts.get(sources[name], 0.0) for parts in SHARES.values()]).round(6)
        for name in single
    )
    sectors = sectors.with_columns(pl.sum_horizontal(single).round(6).alias(FUELS[-1].name))
    numbers = [c.name for c in FUELS]
    whole = sectors.select(
        pl.lit("Total").alias("sector"), pl.lit("TotalEmissions").alias("sector_label"), pl.col(numbers).sum().round(6)
    )
    return pl.concat([whole, sectors])
