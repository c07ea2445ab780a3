"""Simulated forecasts: what came to pass plus errors that grow with the days ahead, and what was observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from ingest.card import card_beside
from ingest.simulate.feeds import Feed, World
from ingest.simulate.ledgers import periods
from ingest.simulate.long_tables import number_text
from ingest.simulate.published import by_card, feed, repeated
from ingest.simulate.weather_hourly import daily
from ingest.simulate.writing import as_csv

CARD = card_beside(__file__)
LEADS = (1, 2, 3)
ERROR_DEGC, BIAS_DEGC = 0.9, 0.3  # of one day ahead; grows by half with each further day
MEASURES = {"temperature_max": "degc", "temperature_min": "degc", "precipitation": "mm", "wind_speed": "m_s"}
AQI_USUAL, AQI_WIDTH = 65, 20
MOST_RAIN_MM = 400  # no forecaster says more


def simulate(world: World) -> Iterator[Feed]:
    """A file a month of issue, in GB 18030; the first line stands twice."""
    table = _forecasts(world)
    for month, part in periods(table, "%Y%m"):
        yield feed(
            CARD,
            f"sim_forecast_city_{month}.csv",
            by_card(CARD, part),
            as_csv(encoding="gb18030", line_end="\r\n"),
            label=("起报日期", "%Y-%m-%d"),
            blank="-",
            faults=[repeated()],
        )


def _forecasts(world: World) -> pl.DataFrame:
    observed = daily(world)
    last = world.last
    parts = []
    for lead in LEADS:
        growth = 1 + 0.5 * (lead - 1)
        rng = world.rng(f"forecast.{lead}")
        error = rng.standard_normal((4, observed.height))
        forecast = {
            "temperature_max": observed["temperature_max_degc"].to_numpy()
            + growth * (BIAS_DEGC + ERROR_DEGC * error[0]),
            "temperature_min": observed["temperature_min_degc"].to_numpy() + growth * ERROR_DEGC * error[1],
            "precipitation": np.minimum(
                observed["precipitation_mm"].to_numpy() * np.exp(0.4 * growth * error[2]), MOST_RAIN_MM
            ),
            "wind_speed": observed["wind_speed_m_s"].to_numpy() * np.exp(0.15 * growth * error[3]),
        }
        low = np.rint(AQI_USUAL + 15 * rng.standard_normal(observed.height)).clip(20, 250)
        is_past = observed["day"] < last
        parts.append(
            observed.select(
                "region_code", forecast_for="day", label_local=pl.col("day") - timedelta(days=lead)
            ).with_columns(
                lead_days=pl.lit(str(lead)),
                **{f"{name}_forecast_{unit}": number_text(forecast[name], 1) for name, unit in MEASURES.items()},
                **{
                    f"{name}_observed_{unit}": pl.when(is_past).then(
                        number_text(observed[f"{name}_{unit}"].to_numpy(), 1)
                    )
                    for name, unit in MEASURES.items()
                },
                aqi_low_forecast=number_text(low, 0),
                aqi_high_forecast=number_text(low + AQI_WIDTH, 0),
            )
        )
    issued = pl.concat(parts).filter(pl.col("label_local") >= world.first)
    return issued.sort("label_local", "region_code", "forecast_for")
