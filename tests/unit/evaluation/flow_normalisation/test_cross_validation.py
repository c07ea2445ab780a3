"""Statistics of leave-one-out estimates, by hand."""

from __future__ import annotations

import math

import polars as pl
import pytest

from evaluation.flow_normalisation.cross_validation import flux_bias, skill

E = math.e
VALIDATED = pl.DataFrame(
    {
        "flow_m3_s": [1.0, 1.0, 10.0, 1.0],
        "low_mg_l": [1.0, E**2, E, None],
        "high_mg_l": [1.0, E**2, E, E],
        # residuals in ln: 0.5, -0.5, 1, and 0: the last sample only says "below e"
        "log_concentration": [0.5, 1.5, 2.0, -3.0],
        "concentration_mg_l": [2.0, 4.0, 3.0, 1.0],
    }
)


def test_flux_bias_counts_censored_samples_at_both_bounds() -> None:
    found = flux_bias(VALIDATED)
    estimated = 2 + 4 + 30 + 1
    high, low = (1 + E**2 + 10 * E + rest for rest in (E, 0))
    assert found == pytest.approx(((estimated - high) / estimated, (estimated - low) / estimated, found.mean))
    assert found.mean == pytest.approx((found.upper_bounds + found.lower_bounds) / 2)


def test_skill_asks_how_far_an_estimate_lies_outside_what_is_known() -> None:
    found = skill(VALIDATED)
    assert found.log_concentration == pytest.approx(1 - 1.5 / 2)  # y = 0, 2, 1, 1
    y = [0, 2, 1 + math.log(10), 1]
    spread = sum((value - sum(y) / 4) ** 2 for value in y)
    assert found.log_flux == pytest.approx(1 - 1.5 / spread)


def test_an_estimate_above_a_limit_is_wrong_by_what_it_exceeds_it() -> None:
    too_high = VALIDATED.with_columns(log_concentration=pl.Series([0.0, 2.0, 1.0, 2.0]))
    assert skill(too_high).log_concentration == pytest.approx(1 - 1 / 2)
