"""Red-line areas: two a county, with patches that change less each year and patrols that become more."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import by_card, feed, repeated, without
from ingest.simulate.writing import as_platform_json

CARD = card_beside(__file__)


def simulate(world: World) -> Iterator[Feed]:
    """One file a year."""
    rng = world.rng("resources__redline_areas")
    counties = ledgers.counties(world)
    kinds = pl.DataFrame({"kind": ["生态保护红线", "自然公园"], "prefix": ["RL", "PK"]})
    areas = counties.join(kinds, how="cross").with_columns(
        km2=pl.Series(rng.uniform(5, 400, 2 * counties.height).round(2))
    )
    for age, year in enumerate(world.years):
        patches = rng.poisson(6 * 0.8**age, areas.height)
        patrols = rng.integers(40 + 10 * age, 90 + 10 * age, areas.height)
        rows = areas.select(
            area_code=pl.format("{}{}01", "prefix", "region_code"),
            area_name=pl.format("{}模拟{}", "region_name", "kind"),
            kind="kind",
            region_code="region_code",
            area_km2="km2",
            changed_patches=pl.Series(patches),
            changed_ha=pl.Series((patches * rng.uniform(0.2, 1.5, areas.height)).round(2)),
            patrols=pl.Series(patrols),
            patrol_km=pl.Series((patrols * 8.5).round(1)),
            label_local=pl.date(year, 1, 1),
        )
        yield feed(
            CARD,
            f"sim_redline_areas_{year}.json",
            by_card(CARD, rows),
            as_platform_json(),
            label=("year", "%Y"),
            faults=[repeated(), without("area_code")],
        )
