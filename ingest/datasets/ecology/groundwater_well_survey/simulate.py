"""Groundwater wells in the dry and the wet season: natural iron and manganese, a few wells under industry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.items import Floats
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
WELLS = 70
SEASONS = {5: "枯水期", 9: "丰水期"}
# Item → typical content, scatter (log), detection limit, digits, factor under industry.
# Typical water is class III by GB/T 14848.
ITEMS = {
    "total_hardness_mg_l": (165, 0.45, 5, 0, 1.3),
    "dissolved_solids_mg_l": (330, 0.45, 4, 0, 1.4),
    "sulfate_mg_l": (38, 0.6, 0.1, 1, 2.0),
    "chloride_mg_l": (32, 0.7, 0.1, 1, 2.0),
    "iron_mg_l": (0.11, 1.0, 0.01, 3, 1.5),
    "manganese_mg_l": (0.07, 1.2, 0.004, 3, 1.5),
    "volatile_phenol_mg_l": (0.0004, 0.6, 0.0003, 4, 2.5),
    "codmn_mg_l": (1.5, 0.4, 0.4, 1, 1.5),
    "nh3n_mg_l": (0.12, 1.0, 0.02, 3, 3.0),
    "nitrite_n_mg_l": (0.012, 1.0, 0.003, 3, 2.0),
    "nitrate_n_mg_l": (3.2, 0.8, 0.08, 2, 1.5),
    "cyanide_mg_l": (0.0015, 0.6, 0.001, 3, 2.0),
    "fluoride_mg_l": (0.28, 0.5, 0.05, 2, 1.8),
    "mercury_mg_l": (0.00005, 0.5, 0.00004, 5, 2.0),
    "arsenic_mg_l": (0.0012, 0.8, 0.0003, 4, 2.0),
    "cadmium_mg_l": (0.00007, 0.7, 0.00005, 5, 2.5),
    "chromium6_mg_l": (0.005, 0.5, 0.004, 3, 2.0),
    "lead_mg_l": (0.0009, 0.7, 0.00009, 5, 2.0),
}


def simulate(world: World) -> Iterator[Feed]:
    """A file a season, GB 18030; one well was dry."""
    rng = world.rng(CARD.id)
    count = max(6, world.some(WELLS))
    places = ledgers.some_rows(rng, ledgers.counties(world), count)
    kind = ledgers.pick(rng, ["区域点位", "饮用水源", "污染风险监控"], count, [5, 2, 3])
    risky = (kind == "污染风险监控").to_numpy()
    own = {
        item: mean * rng.lognormal(0, s, count) * np.where(risky, more, 1)
        for item, (mean, s, _, _, more) in ITEMS.items()
    }
    for year in world.years[-2:]:
        for month, season in SEASONS.items():
            start = np.datetime64(f"{year}-{month:02d}-01T08:00", "us")
            dry = np.where(np.arange(count) == 4, np.nan, 0.0) if season == "枯水期" else np.zeros(count)
            rows = places.select(
                station_code=pl.format(
                    "DX{}{}",
                    pl.col("region_code").str.slice(0, 4),
                    pl.int_range(1, count + 1).cast(pl.String).str.zfill(4),
                ),
                region_code="region_code",
                well_kind=kind,
                season=pl.lit(season),
                label_local=pl.Series(start + rng.integers(0, 20 * 540, count) * np.timedelta64(1, "m")),
                ph=ledgers.fixed(rng.normal(7.1, 0.35, count) + dry, 2),
                **{
                    item: _measured(rng, own[item] + dry, limit, digits)
                    for item, (_, _, limit, digits, _) in ITEMS.items()
                },
            )
            yield feed(
                CARD,
                f"sim_groundwater_well_survey_{year}_{month:02d}.csv",
                rows,
                as_csv("gb18030", "\r\n"),
                label=("采样时间", "%Y-%m-%d %H:%M"),
                faults=[repeated(last=1), broken("bad_station_code", "station_code", "老井")],
            )


def _measured(rng: np.random.Generator, true: Floats, limit: float, digits: int) -> pl.Series:
    """Contents with the laboratory's scatter; below the detection limit the letter L."""
    found = true * rng.lognormal(0, 0.08, true.size)
    return ledgers.fixed(found, digits).set(pl.Series(np.nan_to_num(found, nan=1e9) < limit), "L")
