"""The tables that are stored: scores, monthly series, model card, back-tests. One place for their columns.

Belongs here: result objects as polars frames, one row each, columns and types as declared. Does not belong here: any
computation beyond the interval of a month, keys of regions and indicators (``orchestration``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from evaluation.score.assess import METHOD, Assessment, Evaluated
from evaluation.score.backtests import Backtest
from evaluation.score.bootstrap import half_width
from evaluation.weather_normalisation.backfit_card import Curve, curves, importance

_TEXT, _NUMBER, _COUNT, _DAY = pl.String(), pl.Float64(), pl.Int64(), pl.Date()

SCORES: dict[str, pl.DataType] = {
    "series_key": _TEXT,
    "item": _TEXT,
    "year": _COUNT,
    "baseline_start": _DAY,
    "baseline_end": _DAY,
    "period_start": _DAY,
    "period_end": _DAY,
    "observed_base": _NUMBER,
    "observed": _NUMBER,
    "normalised_base": _NUMBER,
    "normalised": _NUMBER,
    "total_log": _NUMBER,
    "effort_log": _NUMBER,
    "luck_log": _NUMBER,
    "effort_lower_log": _NUMBER,
    "effort_upper_log": _NUMBER,
    "luck_lower_log": _NUMBER,
    "luck_upper_log": _NUMBER,
    "confidence": _NUMBER,
    "grade": _TEXT,
    "reason": _TEXT,
    "detail": _TEXT,
    "caveat": _TEXT,
    "method": _TEXT,
    "n_values": _COUNT,
    "coverage": _NUMBER,
    "skill_blocked_nse": _NUMBER,
    "skill_random_nse": _NUMBER,
    "outside_pool_share": _NUMBER,
    "n_replicates": _COUNT,
}
SERIES: dict[str, pl.DataType] = {
    "series_key": _TEXT,
    "month": _DAY,
    "observed": _NUMBER,
    "normalised": _NUMBER,
    "normalised_lower": _NUMBER,
    "normalised_upper": _NUMBER,
    "n_values": _COUNT,
}
CARD: dict[str, pl.DataType] = {
    "series_key": _TEXT,
    "kind": _TEXT,
    "name": _TEXT,
    "x": _NUMBER,
    "value": _NUMBER,
    "text": _TEXT,
}
BACKTESTS: dict[str, pl.DataType] = {
    "series_key": _TEXT,
    "kind": _TEXT,
    "name": _TEXT,
    "year": _COUNT,
    "effort_log": _NUMBER,
    "lower_log": _NUMBER,
    "upper_log": _NUMBER,
    "moved_log": _NUMBER,
    "passed": pl.Boolean(),
    "detail": _TEXT,
}

RANDOM_FLATTERS = 0.1
"""A random split is this much above the blocked one: the model knows the days, not the weather (11_effort_methods.md,
section 3, pitfall 1: 0.2 on hourly Beijing NO2)."""


def scores(assessments: Sequence[Assessment]) -> pl.DataFrame:
    """One row per assessment. Periods as [start, end); ``year`` is the evaluation's first."""
    return pl.DataFrame([_score(a) for a in assessments], schema=SCORES, orient="row")


def _score(a: Assessment) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(a, name) for name in SCORES if hasattr(a, name) and name not in ("baseline", "evaluation")
    }
    row |= {
        "year": a.evaluation.start.year,
        "baseline_start": a.baseline.start,
        "baseline_end": a.baseline.end,
        "period_start": a.evaluation.start,
        "period_end": a.evaluation.end,
        "method": METHOD,
    }
    if a.estimate is not None:
        e = a.estimate
        row |= asdict(e.split) | {
            "total_log": e.split.total_log,
            "effort_log": e.split.effort_log,
            "luck_log": e.split.luck_log,
            "effort_lower_log": e.effort_lower_log,
            "effort_upper_log": e.effort_upper_log,
            "luck_lower_log": e.luck_lower_log,
            "luck_upper_log": e.luck_upper_log,
            "n_replicates": e.errors.size,
        }
    return {name: row.get(name) for name in SCORES}


def monthly_series(evaluated: Evaluated) -> pl.DataFrame:
    """Observed and normalised month means; the interval of a month is null when no replicates were drawn."""
    months, replicates = evaluated.months, evaluated.replicates
    half = np.full(months.month.size, np.nan)
    if replicates is not None:
        confidence = evaluated.settings.confidence
        half = half_width(replicates.errors, confidence=confidence, degrees=replicates.degrees)
    return pl.DataFrame(
        {
            "series_key": [evaluated.series.key] * months.month.size,
            "month": months.month.astype("datetime64[D]"),
            "observed": evaluated.observed,
            "normalised": np.exp(months.log_normalised),
            "normalised_lower": np.exp(months.log_normalised - half),
            "normalised_upper": np.exp(months.log_normalised + half),
            "n_values": months.n_values,
        },
        schema=SERIES,
    ).with_columns(pl.col("normalised_lower", "normalised_upper").fill_nan(None))


def card(evaluated: Evaluated) -> pl.DataFrame:
    """The model card: settings, skill, importance and curves of the weather effect, warnings."""
    rows = [_card_row("setting", name, text=str(value)) for name, value in _settings(evaluated).items()]
    skill = {
        "blocked_nse": evaluated.skill_blocked_nse,
        "random_nse": evaluated.skill_random_nse,
        "residual_sd_log": float(evaluated.fit.residual.std()),
    }
    rows += [_card_row("skill", name, value=value) for name, value in skill.items()]
    lost = importance(evaluated.design, evaluated.y, evaluated.fit)
    rows += [_card_row("importance", name, value=value) for name, value in lost.items()]
    drawn = curves(evaluated.design, evaluated.y)
    rows += [
        _card_row("curve", name, x=x, value=value)
        for name, curve in drawn.items()
        for x, value in zip(curve.at.tolist(), curve.effect.tolist(), strict=True)
    ]
    rows += [_card_row("warning", name, text=text) for name, text in _warnings(evaluated, drawn).items()]
    return pl.DataFrame([{"series_key": evaluated.series.key, **row} for row in rows], schema=CARD)


def _card_row(
    kind: str, name: str, *, x: float | None = None, value: float | None = None, text: str | None = None
) -> dict[str, Any]:
    return {"kind": kind, "name": name, "x": x, "value": value, "text": text}


def _settings(evaluated: Evaluated) -> dict[str, Any]:
    at, design = evaluated.design.at, evaluated.design
    own = asdict(evaluated.settings)
    own.pop("backfit")
    return {
        "method": METHOD,
        "unit": evaluated.series.unit,
        "first": at[0].astype("datetime64[D]"),
        "last": at[-1].astype("datetime64[D]"),
        "values": at.size,
        "predictors": ", ".join(design.predictors),
        "pool": evaluated.pool.name,
        "pool_digest": evaluated.pool.digest,
        "pool_rows": evaluated.pool.frame.height,
        **own,
        **{f"backfit_{name}": value for name, value in asdict(design.settings).items()},
        "noise": "not drawn" if evaluated.replicates is None else evaluated.replicates.draw,
    }


def _warnings(evaluated: Evaluated, drawn: Mapping[str, Curve]) -> dict[str, str]:
    found = {}
    gap = evaluated.skill_random_nse - evaluated.skill_blocked_nse
    if gap > RANDOM_FLATTERS:
        found["random_flatters"] = f"NSE {gap:.2f} higher on random days than on months not seen"
    for name, curve in drawn.items():
        if name.startswith(("ws", "wind_speed")) and curve.effect[-1] >= curve.effect[0]:
            found["wind_does_not_dilute"] = f"{name}: the effect does not fall from calm to strong wind"
    return found


def backtests(tests: Sequence[Backtest]) -> pl.DataFrame:
    """One row per test."""
    return pl.DataFrame([asdict(t) for t in tests], schema=BACKTESTS)
