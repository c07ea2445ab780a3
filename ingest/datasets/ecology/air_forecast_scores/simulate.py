"""Forecast and observed AQI: the longer the lead, the wider and the worse the forecast."""

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
DAYS = 120
LEADS = (1, 3, 7)


def simulate(world: World) -> Iterator[Feed]:
    """A file a month of the last days; the forecaster's range is 20 wide a day ahead, 30 and 40 later."""
    rng = world.rng(CARD.id)
    days = np.array(world.last_days(DAYS), dtype="datetime64[us]")
    cities = ledgers.city_codes(world)
    season = 62 + 18 * np.cos(2 * np.pi * ((days.astype("datetime64[D]").astype(int) % 365) - 15) / 365)
    true = np.clip(season[:, None] * rng.lognormal(0, 0.28, (days.size, len(cities))), 18, 260)
    frames = []
    for lead, error in zip(LEADS, (7, 14, 22), strict=True):
        centre = np.clip(true + rng.normal(0, error, true.shape), 15, 300)
        half = 10 + 5 * LEADS.index(lead)
        observed = np.where(rng.random(true.shape) < 0.02, np.nan, true)
        frame = pl.DataFrame(
            {
                "region_code": cities * days.size,
                "lead_d": lead,
                "aqi_low": np.rint(np.maximum(0, centre - half)).astype(np.int64).ravel(),
                "aqi_high": np.rint(centre + half).astype(np.int64).ravel(),
                "pollutant_forecast": _primary(centre).ravel().tolist(),
                "aqi_observed": ledgers.fixed(observed.ravel(), 0).cast(pl.Int64),
                "pollutant_observed": _primary(true).ravel().tolist(),
                "model": ["会商", "数值", "统计"][LEADS.index(lead)],
                "label_local": days.repeat(len(cities)),
            }
        )
        frames.append(frame.with_columns(pl.when(pl.col("aqi_observed").is_not_null()).then("pollutant_observed")))
    for month, rows in ledgers.periods(pl.concat(frames), "%Y%m"):
        yield feed(
            CARD,
            f"sim_air_forecast_scores_{month}.csv",
            rows,
            as_csv(),
            label=("日期", "%Y%m%d"),
            faults=[repeated(last=1), broken("bad_region_code", "region_code", "杭州")],
        )


def _primary(aqi: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    """No primary pollutant up to 50, ozone in between, particles above: enough for a score."""
    return np.select([aqi <= 50, aqi <= 110], ["无", "O3"], "PM2.5").astype(object)
