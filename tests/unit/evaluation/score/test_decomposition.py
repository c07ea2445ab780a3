"""total = effort + luck, between equal calendar months."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.score.decomposition import Period, decompose, percent, weights

MONTHS = np.arange(np.datetime64("2014-01"), np.datetime64("2018-01"))
ALL = np.ones(MONTHS.size, dtype=bool)
positive = st.floats(min_value=1e-3, max_value=1e4)


@given(st.lists(positive, min_size=48, max_size=48), st.lists(positive, min_size=48, max_size=48))
def test_the_identity_is_exact(observed: list[float], normalised: list[float]) -> None:
    split = decompose(
        np.array(observed), np.log(normalised), weights(MONTHS, ALL, Period.year(2014), Period.year(2017))
    )
    assert split.total_log == pytest.approx(split.effort_log + split.luck_log, abs=1e-12)
    assert split.total_log == pytest.approx(np.log(np.mean(observed[36:]) / np.mean(observed[:12])), abs=1e-12)
    assert split.effort_log == pytest.approx(np.log(np.mean(normalised[36:]) / np.mean(normalised[:12])), abs=1e-12)


def test_a_worked_example() -> None:
    # 40 → 30 observed; under equal weather 40 → 36: −25.0 % in all, −10.0 % effort, −16.7 % luck
    observed, normalised = np.full(48, 40.0), np.full(48, 40.0)
    observed[36:], normalised[36:] = 30.0, 36.0
    split = decompose(observed, np.log(normalised), weights(MONTHS, ALL, Period.year(2014), Period.year(2017)))
    assert (split.observed_base, split.observed) == pytest.approx((40.0, 30.0))
    assert (split.normalised_base, split.normalised) == pytest.approx((40.0, 36.0))
    assert [round(percent(v), 1) for v in (split.total_log, split.effort_log, split.luck_log)] == [-25.0, -10.0, -16.7]


def test_a_missing_winter_month_is_missing_in_both_periods() -> None:
    counts = ALL.copy()
    counts[36] = False  # January 2017
    weight = weights(MONTHS, counts, Period.year(2014), Period.year(2017))
    assert weight.base[0] == 0.0
    assert weight.evaluation[36] == 0.0
    assert weight.base[1:12] == pytest.approx(np.full(11, 1 / 11))
    assert weight.base.sum() == pytest.approx(1.0)
    assert weight.evaluation.sum() == pytest.approx(1.0)


def test_a_month_seen_in_one_baseline_year_weighs_as_much_as_one_seen_in_two() -> None:
    counts = ALL.copy()
    counts[0] = False  # January 2014; January 2015 remains
    weight = weights(MONTHS, counts, Period(date(2014, 1, 1), date(2016, 1, 1)), Period.year(2017))
    assert weight.base[12] == pytest.approx(1 / 12)
    assert weight.base[[1, 13]] == pytest.approx([1 / 24, 1 / 24])


def test_part_of_a_year_is_compared_with_the_same_part() -> None:
    weight = weights(MONTHS, ALL, Period.year(2014), Period(date(2017, 2, 1), date(2017, 5, 1)))
    assert np.flatnonzero(weight.base).tolist() == [1, 2, 3]
    assert np.flatnonzero(weight.evaluation).tolist() == [37, 38, 39]


def test_no_month_in_common_gives_no_weight() -> None:
    weight = weights(
        MONTHS, ALL, Period(date(2014, 1, 1), date(2014, 4, 1)), Period(date(2017, 7, 1), date(2017, 9, 1))
    )
    assert weight.base.sum() == weight.evaluation.sum() == 0.0


def test_the_ratio_of_replicates_is_the_ratio_of_each() -> None:
    draw = np.random.default_rng(1).normal(size=(3, 48))
    weight = weights(MONTHS, ALL, Period.year(2014), Period.year(2017))
    expected = [np.log(np.exp(row[36:]).mean() / np.exp(row[:12]).mean()) for row in draw]
    np.testing.assert_allclose(weight.log_ratio(draw), expected, atol=1e-12)


@pytest.mark.parametrize(("start", "end"), [((2014, 1, 2), (2015, 1, 1)), ((2015, 1, 1), (2015, 1, 1))])
def test_a_period_is_whole_months(start: tuple[int, int, int], end: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="first of a month"):
        Period(date(*start), date(*end))
