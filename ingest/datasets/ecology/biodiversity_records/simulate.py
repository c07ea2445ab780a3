"""Biodiversity records: common and protected species of the province, precise places, some records doubted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import earlier, feed, repeated, without
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 800
SPECIES = pl.DataFrame(
    [
        ("白鹭", "Egretta garzetta", "鸟类", "无", 18),
        ("黑脸琵鹭", "Platalea minor", "鸟类", "国家一级", 3),
        ("中华凤头燕鸥", "Thalasseus bernsteini", "鸟类", "国家一级", 2),
        ("黑麂", "Muntiacus crinifrons", "兽类", "国家一级", 1),
        ("猪獾", "Arctonyx collaris", "兽类", "无", 1),
        ("虎纹蛙", "Hoplobatrachus chinensis", "两栖类", "国家二级", 4),
        ("安吉小鲵", "Hynobius amjiensis", "两栖类", "国家一级", 2),
        ("平胸龟", "Platysternon megacephalum", "爬行类", "国家二级", 1),
        ("香鱼", "Plecoglossus altivelis", "鱼类", "省重点", 40),
        ("中华虎凤蝶", "Luehdorfia chinensis", "昆虫", "国家二级", 3),
        ("百山祖冷杉", "Abies beshanzuensis", "高等植物", "国家一级", 1),
    ],
    schema=["species_zh", "species_latin", "taxon_group", "protection", "typical"],
    orient="row",
)


def simulate(world: World) -> Iterator[Feed]:
    """A file a year; interviews give no coordinates, one longitude has lost its point (flagged, kept)."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (5, 20))
    species = ledgers.some_rows(rng, SPECIES, count)
    city = rng.integers(0, len(world.cities), count)
    site = np.array([c.sites[0] for c in world.cities])[city] + rng.uniform(-0.25, 0.25, (count, 2))
    method = ledgers.pick(rng, ["样线", "样点", "红外相机", "声纹", "访问"], count, [40, 25, 20, 8, 7])
    nowhere = method == "访问"
    lon = site[:, 0].copy()
    lon[2] *= 10
    table = species.select(
        record_code=ledgers.serials("SW", at),
        region_code=pl.Series([world.cities[c].adcode for c in city]),
        species_zh="species_zh",
        species_latin="species_latin",
        taxon_group="taxon_group",
        protection="protection",
        individuals=pl.Series(rng.poisson(species["typical"].to_numpy()) + 1),
        lon_deg=ledgers.fixed(lon, 6).set(nowhere, None),
        lat_deg=ledgers.fixed(site[:, 1], 6).set(nowhere, None),
        method=method,
        observer=ledgers.pick(rng, ["模拟调查一队", "模拟调查二队", "模拟自然保护区"], count),
        review=ledgers.pick(rng, ["通过", "存疑", "退回"], count, [93, 5, 2]),
        label_local=at,
    )
    for year, rows in ledgers.periods(table):
        yield feed(
            CARD,
            f"sim_biodiversity_records_{year}.csv",
            rows,
            as_csv(),
            label=("调查时间", "%Y-%m-%d %H:%M"),
            faults=[earlier({"review": "存疑"}), repeated(last=1), without("species_zh")],
        )
