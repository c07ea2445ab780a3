"""Estimates at points of time and flow: one weighted regression each, with the settings' windows.

Belongs here: handing samples and settings to the kernels. Does not belong here: which points are asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evaluation.flow_normalisation.calendar import Floats
from evaluation.flow_normalisation.kernels import Observed, Rules, fits
from evaluation.flow_normalisation.river import Samples
from evaluation.flow_normalisation.settings import EGRET, Settings

NOBODY = -1
"""Row to leave out: none."""


def local_fits(
    samples: Samples,
    years: ArrayLike,
    log_flows: ArrayLike,
    bounds: tuple[float, float],
    settings: Settings = EGRET,
    *,
    without: ArrayLike | None = None,
) -> Floats:
    """Estimate of ln c and its standard error at points (m,) of decimal year and ln Q: (m, 2).

    At each point ln c = b0 + b1 t + b2 ln Q + b3 sin 2 pi t + b4 cos 2 pi t + e is fitted with weights w = wT wQ wS
    (Hirsch, Moyer & Archfield 2010, eqs. 4 and 5), censored values by likelihood; windows widen by 10 % until they hold
    enough samples (EGRET ``runSurvReg``). ``bounds``: ends of the record in decimal years, for the edge adjustment.
    ``without`` (m,): row of ``samples`` each fit leaves out. nan where the likelihood has no maximum.
    """
    at = np.ascontiguousarray(years, dtype=np.float64)
    left_out = np.full(len(at), NOBODY) if without is None else np.asarray(without)
    observed = Observed(
        samples.decimal_year,
        samples.log_flow,
        samples.log_low,
        samples.log_high,
        samples.is_uncensored.astype(np.int64),
    )
    windows = (settings.window_years, settings.window_log_flow, settings.window_season)
    rules = Rules(*bounds, windows, settings.min_samples, settings.min_uncensored, settings.edge_adjust)
    return fits(at, np.ascontiguousarray(log_flows, dtype=np.float64), left_out.astype(np.int64), observed, rules)


def expected_concentration(fits: Floats) -> Floats:
    """Mean of the lognormal, exp(ln c + SE^2/2) in mg/l, (m,) from (m, 2) (EGRET ConcHat)."""
    return np.asarray(np.exp(fits[..., 0] + fits[..., 1] ** 2 / 2))
