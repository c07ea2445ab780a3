"""A step at a known date beside trend and season."""

from datetime import date

import numpy as np
import pytest

from evaluation.score.step import step_log

MONTHS = np.arange(np.datetime64("2014-01"), np.datetime64("2018-01"))
T = MONTHS.astype(np.int64)


def test_a_step_is_told_from_trend_season_and_another_step() -> None:
    smooth = 3.0 - 0.004 * (T - T[0]) + 0.3 * np.sin(2 * np.pi * T / 12)
    known, asked = (np.datetime64(m) <= MONTHS for m in ("2015-02", "2016-05"))
    level = smooth - 0.2 * asked - 0.1 * known
    found = step_log(MONTHS, level, date(2016, 5, 1), beside=[date(2015, 2, 1)])
    assert float(found) == pytest.approx(-0.2, abs=1e-12)
    assert float(
        step_log(MONTHS, level, date(2015, 9, 1), beside=[date(2015, 2, 1), date(2016, 5, 1)])
    ) == pytest.approx(0.0, abs=1e-12)


def test_replicates_get_the_step_of_each() -> None:
    levels = np.random.default_rng(1).normal(size=(4, 48))
    expected = [float(step_log(MONTHS, row, date(2016, 5, 1))) for row in levels]
    np.testing.assert_allclose(step_log(MONTHS, levels, date(2016, 5, 1)), expected, atol=1e-12)


def test_a_step_at_the_end_of_the_record_is_refused() -> None:
    with pytest.raises(ValueError, match="needs six months on each side, has 45 and 3"):
        step_log(MONTHS, np.zeros(48), date(2017, 10, 1))
