"""Rivers to try things on: one made by formula, and EGRET's Choptank River from the shared data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from evaluation.flow_normalisation.wrtds import Wrtds, wrtds


@dataclass(frozen=True)
class Tables:
    """Input of the method, and the concentration of every day (mg/l) the samples were taken from."""

    flow: pl.DataFrame
    samples: pl.DataFrame
    truth: pl.DataFrame


MakeRiver = Callable[..., Tables]


@pytest.fixture(scope="session")
def make_river() -> MakeRiver:
    """Six water years, samples every 6th day: ln c = 0.3 + trend (t - 2003) + 0.2 ln Q + 0.3 cos 2 pi t + noise."""

    def make(
        *, first: int = 2000, years: int = 6, trend: float = -0.08, noise: float = 0.0, every: int = 6, seed: int = 1
    ) -> Tables:
        days = pl.date_range(date(first, 10, 1), date(first + years, 9, 30), eager=True).alias("date")
        generator = np.random.default_rng(seed)
        day = days.dt.ordinal_day().to_numpy()
        t = days.dt.year().to_numpy() + (day - 0.5) / 366
        log_flow = 1 + 0.6 * np.sin(2 * np.pi * t) + 0.5 * generator.standard_normal(len(t))
        # the last two years are wet: twice the water
        log_flow += np.where(t >= first + years - 1.25, np.log(2), 0.0)
        log_c = 0.3 + trend * (t - 2003) + 0.2 * log_flow + 0.3 * np.cos(2 * np.pi * t)
        c = np.exp(log_c + noise * generator.standard_normal(len(t)))
        flow = pl.DataFrame({"date": days, "flow_m3_s": np.exp(log_flow)})
        truth = pl.DataFrame({"date": days, "mg_l": c})
        return Tables(flow, truth.gather_every(every).select("date", low_mg_l="mg_l", high_mg_l="mg_l"), truth)

    return make


@pytest.fixture(scope="session")
def choptank_flow(shared_data: Path) -> pl.DataFrame:
    """Daily flow of the Choptank River, 1979-10-01 to 2011-09-30."""
    flow = pl.read_csv(shared_data / "effort" / "choptank_daily_flow.csv", try_parse_dates=True)
    return flow.select(date="Date", flow_m3_s="Q")


@pytest.fixture(scope="session")
def choptank_samples(shared_data: Path) -> pl.DataFrame:
    """Its 606 nitrate samples, one of them censored."""
    samples = pl.read_csv(shared_data / "effort" / "choptank_sample.csv", try_parse_dates=True, null_values="NA")
    return samples.select(date="Date", low_mg_l="ConcLow", high_mg_l="ConcHigh")


@pytest.fixture(scope="session")
def choptank(choptank_flow: pl.DataFrame, choptank_samples: pl.DataFrame) -> Wrtds:
    """The whole method on it."""
    return wrtds(choptank_flow, choptank_samples)
