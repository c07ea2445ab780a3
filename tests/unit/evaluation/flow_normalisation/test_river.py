"""What a record must be: EGRET's rules for zero flow and repeated samples, and what is refused with which reason."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from evaluation.flow_normalisation.river import river
from evaluation.flow_normalisation.settings import Settings
from evaluation.flow_normalisation.wrtds import wrtds
from evaluation.series import NotAssessable


def flows(tables, expression: pl.Expr) -> pl.DataFrame:
    return tables.flow.with_columns(flow_m3_s=expression)


def test_zero_flow_lifts_every_day_by_a_thousandth_of_the_mean(make_river) -> None:
    tables = make_river()
    dry = flows(tables, pl.when(pl.col("date") == date(2001, 8, 1)).then(0.0).otherwise("flow_m3_s"))
    given = dry["flow_m3_s"].to_numpy()
    np.testing.assert_allclose(river(dry, tables.samples).flow, given + 0.001 * given.mean(), rtol=1e-14)
    assert river(tables.flow, tables.samples).flow.tolist() == tables.flow["flow_m3_s"].to_list()


def test_several_samples_a_day_stay_and_repetitions_go(make_river) -> None:
    tables = make_river()
    first = tables.samples.head(1)
    other = first.with_columns(pl.col("low_mg_l", "high_mg_l") * 2)
    record = river(tables.flow, pl.concat([tables.samples, first, other]))
    assert len(record.samples) == tables.samples.height + 1
    assert record.samples.date[0] == record.samples.date[1]


def test_samples_without_flow_are_left_out(make_river) -> None:
    tables = make_river()
    gap = pl.col("date").is_between(date(2003, 1, 1), date(2003, 6, 30))
    record = river(flows(tables, pl.when(gap).then(None).otherwise("flow_m3_s")), tables.samples)
    assert len(record.samples) == tables.samples.filter(~gap).height
    assert len(record.date) == tables.flow.filter(~gap).height


def test_a_year_short_of_flow_has_no_result(make_river) -> None:
    tables = make_river(noise=0.1)
    gap = pl.col("date").is_between(date(2003, 1, 1), date(2003, 2, 10))  # 41 days: 89 % of the year is left
    years = wrtds(flows(tables, pl.when(gap).then(None).otherwise("flow_m3_s")), tables.samples).annual
    assert years["year"].to_list() == [2001, 2002, 2004, 2005, 2006]


@pytest.mark.parametrize(
    ("flow", "samples", "reason"),
    [
        (pl.lit(None, pl.Float64), None, "no_values"),
        (pl.lit(0.0), None, "not_positive"),
        (pl.when(pl.col("date") == date(2001, 1, 1)).then(-1.0).otherwise("flow_m3_s"), None, "not_positive"),
        (pl.when(pl.col("date") == date(2001, 1, 1)).then(float("inf")).otherwise("flow_m3_s"), None, "not_positive"),
        (None, pl.lit(None, pl.Float64), "no_values"),
        (None, pl.lit(0.0), "not_positive"),
        (None, pl.lit(-0.5), "not_positive"),
        (None, pl.lit(0.5), "constant_series"),
    ],
    ids=["no flow", "dry", "negative", "infinite", "no sample", "zero", "below zero", "constant"],
)
def test_values_that_are_refused(make_river, flow: pl.Expr | None, samples: pl.Expr | None, reason: str) -> None:
    tables = make_river()
    water = tables.flow if flow is None else flows(tables, flow)
    taken = tables.samples if samples is None else tables.samples.with_columns(low_mg_l=samples, high_mg_l=samples)
    with pytest.raises(NotAssessable) as refused:
        wrtds(water, taken)
    assert refused.value.reason == reason


def test_two_flows_on_a_day_are_refused(make_river) -> None:
    tables = make_river()
    with pytest.raises(NotAssessable) as refused:
        river(pl.concat([tables.flow, tables.flow.head(3)]), tables.samples)
    assert (refused.value.reason, refused.value.detail) == (
        "duplicated_times",
        "3 days have two flows, first 2000-10-01",
    )


def test_one_year_is_too_short(make_river) -> None:
    tables = make_river(years=1, every=2)
    with pytest.raises(NotAssessable) as refused:
        wrtds(tables.flow, tables.samples)
    assert refused.value.reason == "too_short"


def test_samples_of_one_year_are_too_short(make_river) -> None:
    tables = make_river(every=2)
    with pytest.raises(NotAssessable) as refused:
        wrtds(tables.flow, tables.samples.filter(pl.col("date") < date(2002, 1, 1)))
    assert refused.value.detail == "samples span 1.25 years of 2 needed"


def test_leaving_one_out_must_leave_more_than_the_minimum(make_river) -> None:
    tables = make_river()
    assert len(river(tables.flow, tables.samples.gather_every(3).head(102)).samples) == 102
    with pytest.raises(NotAssessable) as refused:
        river(tables.flow, tables.samples.gather_every(3).head(101))
    assert refused.value.detail == "101 samples on days with flow, at least 102 are needed"


def test_too_few_uncensored_samples_are_refused(make_river) -> None:
    tables = make_river()
    row = pl.int_range(pl.len())
    censored = tables.samples.with_columns(low_mg_l=pl.when(row >= 51).then(None).otherwise("low_mg_l"))
    with pytest.raises(NotAssessable) as refused:
        river(tables.flow, censored)
    assert refused.value.detail == "51 of them uncensored, at least 52 are needed"


def test_bounds_upside_down_are_a_mistake_of_the_caller(make_river) -> None:
    tables = make_river()
    with pytest.raises(ValueError, match="exchange the bounds"):
        river(tables.flow, tables.samples.with_columns(low_mg_l=pl.col("high_mg_l") + 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"window_years": 0.0},
        {"period_start": 13},
        {"period_months": 0},
        {"min_share_of_days": 1.5},
        {"min_uncensored": 101},
    ],
)
def test_settings_that_cannot_work(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Settings(**wrong)
