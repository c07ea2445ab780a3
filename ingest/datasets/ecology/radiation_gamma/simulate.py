"""Gamma dose rate: a background of each station, cosmic response in or out, and radon washed down by showers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate import ledgers
from ingest.simulate.feeds import Feed, World
from ingest.simulate.published import feed, repeated, without
from ingest.simulate.writing import as_json

CARD = card_beside(__file__)
DAYS = 14
COSMIC_NGY_H = 30.0
HALF_LIFE_STEPS = 6.0  # radon progeny fade with about half an hour: six steps of five minutes
# One station calibrates its probe with a source one morning; another has no power for three hours.
CALIBRATED, WITHOUT_POWER = slice(110, 116), slice(700, 736)


def simulate(world: World) -> Iterator[Feed]:
    """A file a station with the last two weeks."""
    rng = world.rng(CARD.id)
    end = ledgers.ends(world.last_days(DAYS), 5)
    steps = end.size
    for number, city in enumerate(ledgers.cities(world)):
        shower = np.convolve(rng.random(steps) < 0.004, np.ones(18), "same") > 0
        rain = np.where(shower, np.round(rng.gamma(1.2, 0.4, steps), 1), 0.0)
        kernel = 0.5 ** (np.arange(48) / HALF_LIFE_STEPS)
        washed = np.convolve(rain, kernel)[:steps] * 2.2
        subtracted = number % 4 == 3
        dose = rng.uniform(72, 104) - (COSMIC_NGY_H if subtracted else 0) + washed + rng.normal(0, 1.1, steps)
        flag = np.full(steps, "N", dtype=object)
        sent = np.ones(steps, dtype=bool)
        text = ledgers.fixed(dose, 1)
        if number == 0:
            flag[CALIBRATED] = "C"
            text[np.arange(CALIBRATED.start, CALIBRATED.stop)] = "-9999"
        if number == 1:
            sent[WITHOUT_POWER] = False
        code = f"RG{city.adcode[:4]}01"
        rows = pl.DataFrame(
            {
                "station_code": code,
                "region_code": city.adcode,
                "label_local": end,
                "cosmic_response": "subtracted" if subtracted else "included",
                "flag": flag.tolist(),
                "gamma_ngy_h": text,
                "rain_5min_mm": ledgers.fixed(rain, 1),
            }
        ).filter(pl.Series(sent))
        yield feed(
            CARD,
            f"sim_radiation_gamma_{code}.json",
            rows,
            as_json("result.data"),
            label=("dataTime", "%Y-%m-%dT%H:%M:%S"),
            faults=[repeated(last=1), without("cosmic_response")],
        )
