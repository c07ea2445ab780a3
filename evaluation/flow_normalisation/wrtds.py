"""WRTDS of one section in one call. Does not belong here: any step of it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from evaluation.flow_normalisation.annual import annual
from evaluation.flow_normalisation.cross_validation import FluxBias, Skill, cross_validation, flux_bias, skill
from evaluation.flow_normalisation.daily import Daily, daily
from evaluation.flow_normalisation.river import River, river
from evaluation.flow_normalisation.settings import EGRET, Settings
from evaluation.flow_normalisation.surfaces import Surfaces, surfaces


@dataclass(frozen=True)
class Wrtds:
    """Everything one run yields; ``annual`` and ``cross_validation`` have the columns their functions state."""

    river: River
    settings: Settings
    surfaces: Surfaces
    daily: Daily
    annual: pl.DataFrame
    cross_validation: pl.DataFrame
    flux_bias: FluxBias
    skill: Skill


def wrtds(flow: pl.DataFrame, samples: pl.DataFrame, settings: Settings = EGRET) -> Wrtds:
    """The record checked, cross-validated, fitted, normalised and averaged by year (EGRET ``modelEstimation``).

    Tables as in :func:`evaluation.flow_normalisation.river.river`; raises NotAssessable for its reasons, and when no
    year has estimates on enough of its days.
    """
    record = river(flow, samples, settings)
    validated = cross_validation(record, settings)
    fitted = surfaces(record, settings)
    days = daily(record, fitted)
    return Wrtds(
        record,
        settings,
        fitted,
        days,
        annual(record, days, settings),
        validated,
        flux_bias(validated),
        skill(validated),
    )
