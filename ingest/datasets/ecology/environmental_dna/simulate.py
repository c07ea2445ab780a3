"""Environmental DNA: eight taxa a sample, reads over orders of magnitude, a blank that is not always clean."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 60
TAXA = ["鲢", "鳙", "鲫", "香鱼", "麦穗鱼", "食蚊鱼", "光唇鱼", "中华鳑鲏"]


def simulate(world: World) -> Iterator[Feed]:
    """One file; abundances of a sample add up to a hundred."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (8, 17))
    reads = rng.lognormal(8.5, 1.6, (count, len(TAXA))).astype(np.int64)
    blank = rng.poisson(0.4, reads.shape).astype(np.float64)
    blank[rng.random(count) < 0.1] = np.nan
    places = ledgers.some_rows(rng, ledgers.counties(world), count)
    samples = places.select(
        sample_code=pl.format("ED{}{}", at.dt.year(), pl.int_range(1, count + 1).cast(pl.String).str.zfill(4)),
        region_code="region_code",
        water_body=pl.format("{}模拟断面", "region_name"),
        marker=pl.lit("12S"),
        label_local=at,
    )
    rows = samples.join(pl.DataFrame({"taxon": TAXA}), how="cross", maintain_order="left_right").with_columns(
        reads=pl.Series(reads.ravel()),
        abundance_pct=ledgers.fixed(100 * (reads / reads.sum(axis=1, keepdims=True)).ravel(), 3),
        blank_reads=ledgers.fixed(blank.ravel(), 0).cast(pl.Int64),
    )
    yield feed(
        CARD,
        f"sim_environmental_dna_{world.last.year}.csv",
        rows,
        as_csv(),
        label=("采样时间", "%Y-%m-%d %H:%M"),
        faults=[repeated(last=1), without("taxon")],
    )
