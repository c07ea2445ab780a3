"""Odour at park fences: calm nights smell more, a few releases, calibration hours sent empty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import broken, feed, repeated
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
DAYS = 14


def simulate(world: World) -> Iterator[Feed]:
    """A file a park with the last two weeks."""
    rng = world.rng(CARD.id)
    end = ledgers.ends(world.last_days(DAYS), 60)
    hours = end.size
    calm = 1 + 0.6 * np.cos(2 * np.pi * (np.arange(hours) - 3) / 24)
    for city in ledgers.cities(world):
        release = np.convolve(rng.random(hours) < 0.006, [1.0, 0.7, 0.3])[:hours]
        smell = calm * rng.lognormal(0, 0.3, hours) * (1 + 9 * release)
        calibrating = rng.random(hours) < 0.01
        seen = np.where(calibrating, np.nan, 1.0)
        flag = np.select([calibrating, release > 0.9], ["C", "K"], "N")
        rows = pl.DataFrame(
            {
                "station_code": f"YX{city.adcode[:4]}001",
                "region_code": city.adcode,
                "label_local": end,
                "flag": flag.astype(object).tolist(),
                "odour_concentration": ledgers.fixed(11 * smell * seen, 0),
                "hydrogen_sulfide_mg_m3": ledgers.fixed(0.004 * smell * seen, 4),
                "ammonia_mg_m3": ledgers.fixed(0.05 * smell * seen, 3),
                "tvoc_mg_m3": ledgers.fixed(0.18 * smell * seen, 3),
            }
        )
        yield feed(
            CARD,
            f"sim_odour_monitoring_{city.adcode}.json",
            rows,
            as_json("data.list"),
            label=("time", "%Y-%m-%dT%H:%M:%S"),
            faults=[repeated(last=1), broken("bad_station_code", "station_code", "YX33")],
        )
