"""Passages past remote sensing sites: diesel dirtier than petrol, a dirty tail, plumes that were missed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.items import Floats
from ingest.simulate.published import MOMENT, broken, feed, repeated
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
PER_YEAR = 15_000
# Limits a passage is judged by: opacity 30 % and NO 1500 ppm for diesel, NO 1500 ppm and CO 4.5 % for petrol.
MAX_OPACITY_PCT, MAX_NO_PPM, MAX_CO_PCT = 30.0, 1500.0, 4.5
LETTERS = dict(
    zip(
        ["330100", "330200", "330300", "330500", "330400", "330600", "330700", "330800", "330900", "331000", "331100"],
        "ABCEFDGHLJK",
        strict=True,
    )
)


def simulate(world: World) -> Iterator[Feed]:
    """A file a month."""
    rng = world.rng(CARD.id)
    count = ledgers.how_many(world, PER_YEAR)
    at = ledgers.moments(world, rng, count, (6, 22)) + pl.Series(rng.integers(0, 60, count) * 1_000_000).cast(
        pl.Duration("us")
    )
    at = at.sort()
    city = pl.Series(np.array(ledgers.city_codes(world))[rng.integers(0, len(world.cities), count)].tolist())
    fuel = ledgers.pick(rng, ["柴油", "汽油", "天然气"], count, [45, 50, 5])
    diesel = (fuel == "柴油").to_numpy()
    power = rng.normal(9, 5, count)
    valid = (power > 0) & (power < 20) & (rng.random(count) > 0.05)
    dirt = rng.lognormal(0, 0.9, count)
    no = np.where(diesel, 420, 90) * dirt
    opacity, co = np.where(diesel, 7.5 * rng.lognormal(0, 0.6, count), np.nan), np.where(diesel, 0.1, 0.45) * dirt
    bad = (no > MAX_NO_PPM) | (co > MAX_CO_PCT) | (np.nan_to_num(opacity) > MAX_OPACITY_PCT)
    verdict = np.select([~valid, bad], ["无效", "不合格"], "合格")
    number = pl.Series(rng.integers(0, 100, count)).cast(pl.String).str.zfill(2)
    site = pl.Series(rng.integers(1, 4, count)).cast(pl.String).str.zfill(2)

    def shown(values: Floats, digits: int) -> pl.Series:
        return ledgers.fixed(np.where(valid, values, np.nan), digits)

    table = pl.select(
        passage_code=ledgers.serials("YG", at, width=6),
        site_code=pl.format("YG{}{}", city.str.slice(0, 4), site),
        region_code=city,
        plate_masked=pl.format("浙{}***{}", city.replace_strict(LETTERS, return_dtype=pl.String), number),
        fuel=fuel,
        speed_km_h=ledgers.fixed(np.clip(rng.normal(48, 14, count), 8, 110), 1),
        specific_power_kw_t=ledgers.fixed(power, 2),
        no_ppm=shown(no, 0),
        hc_ppm=shown(np.where(diesel, 18, 45) * rng.lognormal(0, 0.8, count), 0),
        co_pct=shown(co, 2),
        opacity_pct=shown(opacity, 1),
        verdict=pl.Series(verdict.astype(object).tolist()),
        label_local=at,
    )
    for month, rows in ledgers.periods(table, "%Y%m"):
        yield feed(
            CARD,
            f"sim_vehicle_remote_sensing_{month}.csv",
            rows,
            as_csv(),
            label=("过车时间", MOMENT),
            faults=[repeated(last=1), broken("bad_plate_masked", "plate_masked", "浙A12345")],
        )
