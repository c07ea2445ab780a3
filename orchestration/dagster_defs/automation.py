"""When things run: jobs, schedules, the sensor on the inbox, and how old an asset may become.

Does not belong here: what runs (``assets``, ``dbt_graph``).
"""

# No postponed annotations: Dagster reads those of step functions as types.

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from ingest.card import Card
from orchestration.dagster_defs.assets import is_flagged
from orchestration.dagster_defs.months import ZONE
from orchestration.dagster_defs.names import (
    CORE,
    EVALUATION_SERIES,
    LANDING,
    PUBLICATION,
    core_key,
    flags_key,
    landing_key,
)
from orchestration.dagster_defs.resources import LakeResource
from orchestration.dbt_graph import datasets_read

# Values of an hour are due within the hour after it (HJ 633-2026); 40 minutes past leaves the feed time to settle.
# Daily feeds of the day before are complete early in the morning.
CRON = {
    "minutes": "*/10 * * * *",
    "hourly": "40 * * * *",
    "four_hourly": "50 */4 * * *",
    "daily": "30 6 * * *",
    "monthly": "0 7 * * 1",  # looked for weekly: bulletins come when they are signed
    "quarterly": "15 7 * * 1",
    "yearly": "30 7 1 * *",
}
# Where the card names no figure: three missed runs of the schedule for hourly feeds, one and a half for daily ones.
DEFAULT_FRESHNESS_HOURS = {"minutes": 1.0, "hourly": 3.0, "four_hourly": 12.0, "daily": 36.0}
INBOX_SECONDS = 30


def everything_job() -> Any:
    """All assets, from landing to publication."""
    return dg.define_asset_job(
        "everything",
        dg.AssetSelection.all() - dg.AssetSelection.assets(EVALUATION_SERIES),
        description="从入湖到发布 / from landing to publication: whatever is new, or the months asked for",
    )


def series_job() -> Any:
    """The evaluation of single series, for scaling out: what it evaluated, ``everything`` finds done."""
    return dg.define_asset_job(
        "evaluate_series",
        dg.AssetSelection.assets(EVALUATION_SERIES),
        description="逐序列努力评价 / evaluate series by series; back-fill it over any executor",
    )


def cadence_job(cadence: str, cards: Mapping[str, Card], results: dg.AssetSelection) -> Any:
    """The datasets of one cadence, and every result: dbt looks for itself which months have to be computed."""
    chosen = [card.id for card in cards.values() if card.cadence == cadence]
    keys = [key(dataset) for dataset in chosen for key in (landing_key, core_key)]
    keys += [flags_key(dataset) for dataset in chosen if is_flagged(cards[dataset])]
    return dg.define_asset_job(
        cadence,
        dg.AssetSelection.assets(*keys) | results,
        description=f"{len(chosen)} {cadence} dataset(s) and everything computed from them",
    )


def cadence_schedule(cadence: str, job: Any) -> dg.ScheduleDefinition:
    """Fetches from the addresses in the cards, besides taking what lies in the inbox."""
    return dg.ScheduleDefinition(
        name=f"{cadence}_schedule",
        job=job,
        cron_schedule=CRON[cadence],
        execution_timezone=ZONE,
        run_config={"ops": {LANDING: {"config": {"live": True}}}},
    )


def inbox_sensor(job: Any) -> dg.SensorDefinition:
    """One run for whatever is new in the inbox; each file, and each change of it, is asked for once."""

    @dg.sensor(job=job, name="inbox", minimum_interval_seconds=INBOX_SECONDS)
    def inbox(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SensorResult | dg.SkipReason:
        from orchestration.dagster_defs.inbox import look  # noqa: PLC0415 - definitions load without it

        cursor = context.cursor or "{}"
        found = look(lake.open().inbox, time.time())
        # A run takes in the whole inbox, so it waits until the last file is complete.
        if found.being_written:
            return dg.SkipReason(f"still being written: {', '.join(found.being_written[:3])}")
        news = found.news(json.loads(cursor))
        if not news:
            return dg.SkipReason("nothing new")
        after = json.dumps(found.files, sort_keys=True, ensure_ascii=False)
        # The state before is part of the key: a file that returns to an earlier state is news again.
        run_key = hashlib.sha256(f"{cursor}\n{after}".encode()).hexdigest()[:16]
        request = dg.RunRequest(run_key=run_key, tags={"inbox/files": _shown(news)})
        return dg.SensorResult(run_requests=[request], cursor=after)

    return inbox


def with_freshness(spec: dg.AssetSpec, cards: Mapping[str, Card]) -> dg.AssetSpec:
    """The one place that says how old an asset may become; Dagster counts from its last run, the gate from its data."""
    read = datasets_read()
    hours = [h for name, card in cards.items() if name in read and (h := freshness_hours(card)) is not None]
    if spec.key.path[0] in (LANDING, CORE):
        limit = freshness_hours(cards[spec.key.path[-1]])
    else:
        limit = min(hours, default=None) if spec.key == PUBLICATION else None
    if limit is None:
        return spec
    return spec.replace_attributes(freshness_policy=dg.FreshnessPolicy.time_window(timedelta(hours=limit)))


def freshness_hours(card: Card) -> float | None:
    """What the card says, else what its cadence means; None for feeds that come when they come."""
    return card.gate.freshness_hours or DEFAULT_FRESHNESS_HOURS.get(card.cadence)


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
