"""One section and item: the effort of a year on concentration and on flux, at the flows of the record.

The period of analysis is the months of the year that are known, so a year to date is compared with the same months of
the baseline. Does not belong here: WRTDS (``evaluation.flow_normalisation``), or what a grade means
(``evaluation.score``).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
import polars as pl

from evaluation.flow_normalisation.bootstrap import BLOCK_DAYS, Quantity, Replicates, bootstrap
from evaluation.flow_normalisation.effort import QUANTITIES, effort, replicate_efforts
from evaluation.flow_normalisation.settings import Settings
from evaluation.flow_normalisation.wrtds import Wrtds, wrtds
from evaluation.score import results
from evaluation.score.grade import grade
from evaluation.score.settings import ScoreSettings
from evaluation.series import NotAssessable
from orchestration.evaluating.inputs import Task

METHOD = "wrtds"
MONTHS_A_YEAR = 12


def evaluate_water(task: Task) -> dict[str, pl.DataFrame]:
    """Tables ``scores`` (a row each for concentration and flux) and, where it could be fitted, ``models``."""
    rows = pl.read_parquet(task.path).rename({"local_date": "date"})
    samples = rows.filter(pl.col("high_mg_l").is_not_null()).select("date", "low_mg_l", "high_mg_l")
    settings = Settings(period_start=1, period_months=task.until.month, year_fraction="elapsed")
    fitted, scores = None, []
    try:
        fitted = wrtds(rows.select("date", "flow_m3_s"), samples, settings)
        _check_skill(fitted)
        drawn = bootstrap(fitted.river, settings, replicates=task.edition.replicates, seed=task.edition.seed)
        scores = [_score(task, quantity, samples, fitted, drawn) for quantity in QUANTITIES]
    except NotAssessable as why:
        scores = [_refused(task, quantity, samples, why) for quantity in QUANTITIES]
    tables = {"scores": pl.DataFrame(scores, schema=results.SCORES, orient="row")}
    if fitted is not None:
        tables["models"] = _model(task, fitted, settings)
    return tables


def _check_skill(fitted: Wrtds) -> None:
    """The same least skill as for the air, on samples left out one by one. Raises NotAssessable."""
    least = ScoreSettings().skill
    if fitted.skill.log_concentration < least:
        raise NotAssessable(
            "skill_too_low",
            f"time, flow and season explain {fitted.skill.log_concentration:.2f} of the variance of samples left out;"
            f" {least} is needed",
        )


def _score(
    task: Task, quantity: Quantity, samples: pl.DataFrame, fitted: Wrtds, drawn: Replicates
) -> dict[str, object]:
    baseline = range(task.edition.baseline_start.year, task.edition.baseline_end.year + 1)
    known = _known(task, quantity, samples) | {"skill_blocked_nse": fitted.skill.log_concentration}
    try:
        split = effort(fitted.annual, quantity, baseline, [task.year])
        efforts = replicate_efforts(drawn, quantity, baseline, [task.year])
    except NotAssessable as why:
        return known | {"reason": why.reason, "detail": why.detail}
    tail = (1 - task.edition.confidence) / 2
    lower, upper = (float(bound) for bound in np.quantile(efforts, [tail, 1 - tail]))
    return {
        **known,
        **split._asdict(),
        "effort_lower_log": lower,
        "effort_upper_log": upper,
        # the total is a fact: luck is lowest where effort is highest
        "luck_lower_log": split.total_log - upper,
        "luck_upper_log": split.total_log - lower,
        "confidence": task.edition.confidence,
        "grade": grade(lower, upper, resolution=ScoreSettings().resolution),
        "n_replicates": efforts.size,
    }


def _refused(task: Task, quantity: Quantity, samples: pl.DataFrame, why: NotAssessable) -> dict[str, object]:
    return _known(task, quantity, samples) | {"reason": why.reason, "detail": why.detail}


def _known(task: Task, quantity: Quantity, samples: pl.DataFrame) -> dict[str, object]:
    """What is stated of a period whether or not it can be assessed; coverage: months of it that were sampled."""
    start = date(task.year, 1, 1)
    inside = samples.filter(pl.col("date").is_between(start, task.until))
    return dict.fromkeys(results.SCORES) | {
        "series_key": task.series_key,
        "item": f"{task.item.item}_{quantity}",
        "year": task.year,
        "baseline_start": task.edition.baseline_start,
        "baseline_end": task.edition.baseline_end + timedelta(days=1),
        "period_start": start,
        "period_end": task.until + timedelta(days=1),
        "grade": "not_assessable",
        "method": METHOD,
        "n_values": inside.height,
        "coverage": inside["date"].dt.month().n_unique() / task.until.month,
    }


def _model(task: Task, fitted: Wrtds, settings: Settings) -> pl.DataFrame:
    stated = {**asdict(settings), "block_days": BLOCK_DAYS, "samples": len(fitted.river.samples)}
    numbers = {
        "loo_nse_log_concentration": fitted.skill.log_concentration,
        "loo_nse_log_flux": fitted.skill.log_flux,
        "flux_bias": fitted.flux_bias.mean,
    }
    rows: list[dict[str, object]] = [
        {"kind": "setting", "name": name, "text": str(value)} for name, value in stated.items()
    ]
    rows += [{"kind": "skill", "name": name, "value": value} for name, value in numbers.items()]
    empty = dict.fromkeys(results.CARD) | {"series_key": task.series_key}
    return pl.DataFrame([empty | row for row in rows], schema=results.CARD, orient="row")
