"""Block bootstrap: what other samples of the same river would have said.

Belongs here: resampling and refitting. Does not belong here: an interval or a grade (``evaluation.score``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.flow_normalisation.annual import period_means
from evaluation.flow_normalisation.calendar import Dates, Floats, Ints
from evaluation.flow_normalisation.daily import FlowPool, flow_normalised, flow_pool
from evaluation.flow_normalisation.river import River, Samples
from evaluation.flow_normalisation.settings import EGRET, Settings
from evaluation.flow_normalisation.surfaces import surfaces
from evaluation.series import NotAssessable

Quantity = Literal["concentration", "flux"]

BLOCK_DAYS = 200
"""Length of a block (EGRETci's blockLength): longer than the errors of neighbouring samples stay alike."""
MAX_REDRAWS = 100
"""Draws in a row that may be useless (nearly all censored) before the record is refused."""


@dataclass(frozen=True)
class Replicates:
    """Flow-normalised annual values of each replicate: ``year`` (p,), ``values`` (r, p) per quantity in mg/l or kg/day.

    nan in years without enough days of flow, the same years in every replicate.
    """

    year: Ints
    values: dict[Quantity, Floats]


def resample(dates: Dates, generator: np.random.Generator, block_days: int = BLOCK_DAYS) -> Ints:
    """Rows of as many samples as ``dates`` (n,; sorted) has, drawn in blocks of days with replacement, sorted.

    Blocks start on any day from ``block_days`` - 1 before the first sample to the last (so that no sample is drawn less
    often than another); all samples of a block are taken; the last block is cut to the number needed (EGRETci
    ``blockSample``, which by a "<" loses each block's last day; here a block has all its days).
    """
    day = dates.astype("datetime64[D]").astype(np.int64)
    blocks: list[Ints] = []
    missing = len(day)
    while missing > 0:
        start = int(generator.integers(day[0] - block_days + 1, day[-1] + 1))
        first, end = np.searchsorted(day, (start, start + block_days))
        block = np.arange(first, min(end, first + missing))
        blocks.append(block)
        missing -= len(block)
    return np.sort(np.concatenate(blocks))


def bootstrap(
    river: River, settings: Settings = EGRET, *, replicates: int, seed: int, block_days: int = BLOCK_DAYS
) -> Replicates:
    """``replicates`` refits of resampled samples; flow record and pool stay as they are (EGRETci ``bootAnnual``).

    Replicate i depends on ``seed`` and i only, so more replicates extend fewer. Sections sampled on the same days and
    given the same seed are resampled together. A draw the regression cannot be fitted to is drawn again (EGRETci
    ``wBT``). Raises NotAssessable when that happens ``MAX_REDRAWS`` times in a row.
    """
    pool = flow_pool(river)
    drawn = [_replicate(river, pool, settings, np.random.default_rng((seed, i)), block_days) for i in range(replicates)]
    concentration, flux = (np.array([pair[i] for pair in drawn]) for i in range(2))
    return Replicates(river.periods.year, {"concentration": concentration, "flux": flux})


def _replicate(
    river: River, pool: FlowPool, settings: Settings, generator: np.random.Generator, block_days: int
) -> tuple[Floats, Floats]:
    for _ in range(MAX_REDRAWS):
        samples = river.samples.take(resample(river.samples.date, generator, block_days))
        if _can_be_fitted(samples, settings):
            surface = surfaces(river, settings, samples=samples).concentration
            if np.isfinite(surface).all():
                concentration, flux = flow_normalised(surface, pool, river)
                return _annual(concentration, river, settings), _annual(flux, river, settings)
    raise NotAssessable(
        "too_short", f"{MAX_REDRAWS} resamples in a row held too few uncensored samples for a regression"
    )


def _can_be_fitted(samples: Samples, settings: Settings) -> bool:
    return int(samples.is_uncensored.sum()) >= settings.min_uncensored


def _annual(values: Floats, river: River, settings: Settings) -> Floats:
    mean, share = period_means(values, river.periods)
    return np.where(share >= settings.min_share_of_days, mean, np.nan)
