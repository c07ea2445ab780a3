"""Effort and luck: the split, the county between border and outlet, the replicates."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.flow_normalisation.bootstrap import Replicates, bootstrap, resample
from evaluation.flow_normalisation.effort import (
    effort,
    effort_by_year,
    own_flux,
    own_replicates,
    replicate_efforts,
)
from evaluation.flow_normalisation.river import river
from evaluation.flow_normalisation.settings import Settings
from evaluation.flow_normalisation.wrtds import Wrtds, wrtds
from evaluation.series import NotAssessable


def table(years: list[int], flux: list[float], fn_flux: list[float], n_samples: int = 12) -> pl.DataFrame:
    return pl.DataFrame({"year": years, "flux_kg_d": flux, "fn_flux_kg_d": fn_flux, "n_samples": n_samples})


@pytest.fixture(scope="module")
def falling(make_river) -> Wrtds:
    """8 % less a year while the last two years carry twice the water."""
    tables = make_river(trend=-0.08)
    return wrtds(tables.flow, tables.samples)


def test_a_known_trend_is_effort_and_high_water_is_luck(falling: Wrtds) -> None:
    """ln c falls by 0.08 a year; twice the water makes 2^1.2 of the flux and 2^0.2 of the concentration."""
    first, last = [2001, 2002], [2005, 2006]
    concentration = effort(falling.annual, "concentration", first, last)
    assert concentration.effort_log == pytest.approx(-0.32, abs=0.005)
    assert concentration.luck_log == pytest.approx(0.2 * math.log(2), abs=0.03)
    flux = effort(falling.annual, "flux", first, last)
    assert flux.effort_log == pytest.approx(-0.32, abs=0.005)
    assert flux.luck_log == pytest.approx(1.2 * math.log(2), abs=0.1)
    assert flux.total_log > 0.4  # seen from the bank it got worse


def test_no_trend_is_no_effort_whatever_the_water(make_river) -> None:
    tables = make_river(trend=0.0)
    result = effort(wrtds(tables.flow, tables.samples).annual, "flux", [2001, 2002], [2005, 2006])
    assert result.effort_log == pytest.approx(0, abs=0.002)
    assert result.total_log > 0.7


def test_numbers_by_hand() -> None:
    years = table([2001, 2002, 2003, 2004], [10, 30, 20, 60], [25, 15, 18, 12])
    found = effort(years, "flux", [2001, 2002], [2003, 2004])
    assert found[:4] == (20, 40, 20, 15)
    assert found.total_log == math.log(2)
    assert found.effort_log == math.log(0.75)
    assert found.luck_log == found.total_log - found.effort_log


@given(st.lists(st.floats(1e-3, 1e6), min_size=8, max_size=8))
def test_effort_and_luck_are_all_of_the_change(values: list[float]) -> None:
    found = effort(table([1, 2, 3, 4], values[:4], values[4:]), "flux", [1, 2], [3, 4])
    assert found.effort_log + found.luck_log == pytest.approx(math.log(found.observed / found.observed_base), abs=1e-12)


def test_by_year_is_each_year_alone(choptank: Wrtds) -> None:
    years = effort_by_year(choptank.annual, "concentration", range(1980, 1985))
    assert years["year"].to_list() == list(range(1980, 2012))
    one = effort(choptank.annual, "concentration", range(1980, 1985), [2010])
    assert years.row(30) == (2010, *one)


def test_years_without_result_or_sample_are_refused() -> None:
    years = table([2001, 2002, 2003], [1, 2, 3], [1, 2, 3]).with_columns(n_samples=pl.Series([5, 5, 0]))
    for baseline, evaluation, reason in (
        ([2000], [2002], "baseline_incomplete"),
        ([2001], [2003], "evaluation_incomplete"),
    ):
        with pytest.raises(NotAssessable) as refused:
            effort(years, "flux", baseline, evaluation)
        assert refused.value.reason == reason
    assert effort_by_year(years, "flux", [2001])["year"].to_list() == [2001, 2002]
    with pytest.raises(ValueError, match="no year given"):
        effort(years, "flux", [], [2001])


def test_what_a_county_adds_is_flux_out_less_flux_in() -> None:
    outlet = table([2001, 2002, 2003], [100, 120, 90], [105, 104, 80], 24)
    border = table([2000, 2001, 2002], [50, 60, 70], [55, 58, 57])
    brook = table([2001, 2002, 2003], [10, 12, 9], [11, 11, 8], 4)
    own = own_flux(outlet, [border, brook])
    assert own.rows() == [(2001, 30, 36, 4), (2002, 38, 36, 4)]
    found = effort(own, "flux", [2001], [2002])
    assert (found.total_log, found.effort_log) == (math.log(38 / 30), 0.0)


def test_no_own_flux_no_judgement() -> None:
    outlet, border = table([2001, 2002], [100, 40], [90, 80]), table([2001, 2002], [50, 60], [55, 60])
    with pytest.raises(NotAssessable) as refused:
        effort(own_flux(outlet, [border]), "flux", [2001], [2002])
    assert (refused.value.reason, refused.value.detail) == (
        "not_positive",
        "mean flux of 2002 is -20, flow-normalised 20",
    )
    with pytest.raises(NotAssessable) as refused:
        own_flux(outlet, [border.with_columns(pl.col("year") + 10)])
    assert refused.value.reason == "too_short"


def test_own_replicates_pair_the_sections() -> None:
    outlet = Replicates(np.array([2001, 2002]), {"flux": np.array([[10.0, 8.0], [12.0, 9.0]])})
    border = Replicates(np.array([2000, 2001, 2002]), {"flux": np.array([[1.0, 4.0, 5.0], [1.0, 6.0, 6.0]])})
    own = own_replicates(outlet, [border])
    assert own.values["flux"].tolist() == [[6, 3], [6, 3]]
    assert replicate_efforts(own, "flux", [2001], [2002]).tolist() == [math.log(0.5)] * 2
    with pytest.raises(ValueError, match="same number"):
        own_replicates(outlet, [Replicates(border.year, {"flux": border.values["flux"][:1]})])
    with pytest.raises(NotAssessable, match="evaluation_incomplete"):
        replicate_efforts(own, "flux", [2001], [2003])
    negative = Replicates(own.year, {"flux": np.array([[6.0, 3.0], [6.0, -1.0]])})
    with pytest.raises(NotAssessable, match="not positive in 1 of 2 replicates"):
        replicate_efforts(negative, "flux", [2001], [2002])


@given(st.integers(0, 1000), st.integers(1, 400))
def test_resampling_takes_whole_blocks(seed: int, block_days: int) -> None:
    """As many rows as samples; but for the cut block, a sample comes with its neighbours of the same block."""
    dates = np.datetime64("2001-01-01") + 30 * np.arange(120)
    rows = resample(dates, np.random.default_rng(seed), block_days)
    assert len(rows) == 120
    assert (np.diff(rows) >= 0).all()
    assert set(rows) <= set(range(120))


def test_every_sample_is_drawn_equally_often() -> None:
    dates = np.datetime64("2001-01-01") + 30 * np.arange(60)
    count = np.zeros(60)
    for seed in range(3000):
        count += np.bincount(resample(dates, np.random.default_rng(seed)), minlength=60)
    assert abs(count[:5].mean() / 3000 - 1) < 0.05
    assert abs(count[-5:].mean() / 3000 - 1) < 0.05


def test_replicates_depend_on_seed_and_number_only(make_river) -> None:
    tables = make_river(noise=0.3)
    record = river(tables.flow, tables.samples)
    two, four = (bootstrap(record, replicates=n, seed=9) for n in (2, 4))
    assert four.values["flux"][:2].tolist() == two.values["flux"].tolist()
    other = bootstrap(record, replicates=2, seed=10)
    assert (other.values["flux"] != two.values["flux"]).all()
    shuffled = river(tables.flow, tables.samples.sample(fraction=1, shuffle=True, seed=1))
    assert (
        bootstrap(shuffled, replicates=2, seed=9).values["concentration"].tolist()
        == two.values["concentration"].tolist()
    )


def test_replicates_lie_around_the_estimate(make_river) -> None:
    tables = make_river(noise=0.3)
    result = wrtds(tables.flow, tables.samples)
    drawn = replicate_efforts(
        bootstrap(result.river, replicates=60, seed=3), "concentration", [2001, 2002], [2005, 2006]
    )
    point = effort(result.annual, "concentration", [2001, 2002], [2005, 2006]).effort_log
    # standard error of ln c with noise 0.3 on some 120 samples per pair of years
    assert 0.5 < drawn.std() / (0.3 * math.sqrt(2 / 120)) < 2
    assert abs(drawn.mean() - point) < drawn.std()


def test_draws_the_regression_cannot_use_are_drawn_again(make_river) -> None:
    """52 uncensored samples in one stretch: about half of the draws hold fewer than the 50 a regression needs."""
    tables = make_river(years=5)
    row = pl.int_range(pl.len())
    samples = tables.samples.with_columns(low_mg_l=pl.when(row.is_between(120, 171)).then("low_mg_l").otherwise(None))
    record = river(tables.flow, samples)
    first_draws = [
        record.samples.take(resample(record.samples.date, np.random.default_rng((1, i)))).is_uncensored.sum()
        for i in range(12)
    ]
    poor = next(i for i, count in enumerate(first_draws) if count < 50)
    again = bootstrap(record, replicates=poor + 1, seed=1)
    assert np.isfinite(again.values["flux"][poor]).all()
    with pytest.raises(NotAssessable, match="100 resamples in a row"):
        bootstrap(record, Settings(min_samples=400, min_uncensored=400), replicates=1, seed=1)
