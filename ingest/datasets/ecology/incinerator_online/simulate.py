"""Furnace temperatures: around 920 degC, one stop, one furnace out of operation, one real dip below 850."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import MOMENT, broken, feed, repeated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
DAYS = 7
FURNACES = (2, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1)
STOPPED, DIPPED, REPAIRED = slice(600, 780), slice(300, 306), slice(1000, 1010)


def simulate(world: World) -> Iterator[Feed]:
    """A file a city with the last week."""
    rng = world.rng(CARD.id)
    end = ledgers.ends(world.last_days(DAYS), 5)
    steps = end.size
    for number, city in enumerate(ledgers.cities(world)):
        frames = []
        for furnace in range(FURNACES[number]):
            heat = 922 + np.convolve(rng.normal(0, 9, steps + 11), np.ones(12) / 3.5, "valid")
            mark = np.full(steps, "正常运行", dtype=object)
            if number == 0:
                heat[STOPPED] = np.linspace(860, 95, STOPPED.stop - STOPPED.start)
                mark[STOPPED] = "停炉"
            if number == 1:
                heat[DIPPED] = 838.0
            if number == 2:
                mark[REPAIRED] = "维护"
            if number == 9 and furnace == 1:
                heat[:], mark[:] = np.nan, "停运"
            frames.append(
                pl.DataFrame(
                    {
                        "station_code": f"FS{city.adcode[:4]}{furnace + 1:03d}",
                        "region_code": city.adcode,
                        "label_local": end,
                        "flag": mark.tolist(),
                        "furnace_temperature_degc": ledgers.fixed(heat, 1),
                    }
                )
            )
        yield feed(
            CARD,
            f"sim_incinerator_online_{city.adcode}.json",
            pl.concat(frames),
            as_json("data.list"),
            label=("dataTime", MOMENT),
            faults=[repeated(last=2), broken("unknown_flag", "flag", "正常")],
        )
