"""Annual results: means over the period of analysis, and the tables EGRET prints from them.

Does not belong here: a comparison of two periods (``effort``).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl

from evaluation.flow_normalisation.calendar import Floats, Ints, Periods
from evaluation.flow_normalisation.daily import Daily
from evaluation.flow_normalisation.river import River
from evaluation.flow_normalisation.settings import EGRET, Settings
from evaluation.series import NotAssessable

MILLION_KG_PER_YEAR = 365.25e-6
"""kg/day in 10^6 kg/year (EGRET ``fluxUnit`` 9)."""
CHANGE_EVERY = 5
"""Years between the points of the change table, counted back from the last (EGRET ``tableChange``)."""


def period_means(values: Floats, periods: Periods) -> tuple[Floats, Floats]:
    """Mean of the known daily ``values`` (d,) in each period, and the share of its days they are, both (p,)."""
    use = (periods.of_date >= 0) & ~np.isnan(values)
    group = periods.of_date[use]
    count = np.bincount(group, minlength=len(periods.year))
    sums = np.bincount(group, weights=values[use], minlength=len(periods.year))
    with np.errstate(invalid="ignore"):
        return sums / count, count / periods.days


def annual(river: River, days: Daily, settings: Settings = EGRET) -> pl.DataFrame:
    """One row per year with estimates on at least ``min_share_of_days`` of its days (EGRET ``setupYears``).

    Columns: ``year`` (calendar year of the period's middle), ``period_start`` (Date), ``decimal_year`` (mean of the
    days), ``flow_m3_s``, ``concentration_mg_l``, ``flux_kg_d``, ``fn_concentration_mg_l``, ``fn_flux_kg_d``,
    ``share_of_days``, ``n_samples``. Fluxes are rates, kg/day. Raises NotAssessable when no year has enough days.
    """
    span = river.periods
    columns = {
        "decimal_year": river.decimal_year,
        "flow_m3_s": river.flow,
        "concentration_mg_l": days.concentration,
        "flux_kg_d": days.flux,
        "fn_concentration_mg_l": days.fn_concentration,
        "fn_flux_kg_d": days.fn_flux,
    }
    table = pl.DataFrame(
        {"year": span.year, "period_start": span.start}
        | {name: period_means(values, span)[0] for name, values in columns.items()}
        | {"share_of_days": period_means(days.fn_concentration, span)[1], "n_samples": _samples_per_period(river)}
    ).filter(pl.col("share_of_days") >= settings.min_share_of_days)
    if table.is_empty():
        raise NotAssessable("too_many_gaps", f"no year has estimates on {settings.min_share_of_days:.0%} of its days")
    return table


def _samples_per_period(river: River) -> Ints:
    group = river.periods.of_date[np.searchsorted(river.date, river.samples.date)]
    return np.bincount(group[group >= 0], minlength=len(river.periods.year))


def results_table(table: pl.DataFrame) -> pl.DataFrame:
    """Annual results as EGRET's ``tableResults`` prints them: its columns, units (10^6 kg/yr) and decimals."""
    million = {name: pl.col(name) * MILLION_KG_PER_YEAR for name in ("flux_kg_d", "fn_flux_kg_d")}
    return table.select(
        pl.col("year").alias("Year"),
        pl.col("flow_m3_s").round(2).alias("Discharge [cms]"),
        pl.col("concentration_mg_l").round(3).alias("Conc [mg/L]"),
        pl.col("fn_concentration_mg_l").round(3).alias("FN Conc [mg/L]"),
        million["flux_kg_d"].round(4).alias("Flux [10^6kg/yr]"),
        million["fn_flux_kg_d"].round(3).alias("FN Flux [10^6kg/yr]"),
    )


def change_table(table: pl.DataFrame) -> pl.DataFrame:
    """Change of the flow-normalised values between years 5 apart, counted back from the last (EGRET ``tableChange``).

    One row per quantity (``fn_concentration_mg_l``, ``fn_flux_kg_d``) and pair of years that both have a result:
    ``first_year``, ``last_year``, ``change`` (in the quantity's unit), ``change_per_year``, ``change_percent``,
    ``change_percent_per_year``.
    """
    years = table["year"].to_list()
    points = [year for year in years if (years[-1] - year) % CHANGE_EVERY == 0]
    pairs = pl.DataFrame(
        list(combinations(points, 2)), schema={"first_year": pl.Int64, "last_year": pl.Int64}, orient="row"
    )
    long = table.unpivot(["fn_concentration_mg_l", "fn_flux_kg_d"], index="year", variable_name="quantity")
    years_between = pl.col("last_year") - pl.col("first_year")
    change = pl.col("value_last") - pl.col("value")
    return (
        pairs.join(long, left_on="first_year", right_on="year")
        .join(long, left_on=["last_year", "quantity"], right_on=["year", "quantity"], suffix="_last")
        .select(
            "quantity",
            "first_year",
            "last_year",
            change.alias("change"),
            (change / years_between).alias("change_per_year"),
            (100 * change / pl.col("value")).alias("change_percent"),
            (100 * change / pl.col("value") / years_between).alias("change_percent_per_year"),
        )
        .sort("quantity", "first_year", "last_year")
    )
