"""The known truth beside the feeds: what was emitted, what the weather did, what is wrong, what was corrected.

Lies in ``truth/`` under names no card claims; nothing of it may enter the lake.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from catalog.lake import atomic_path, write_json
from ingest.simulate import emissions
from ingest.simulate.air import Air
from ingest.simulate.defects import Defect
from ingest.simulate.items import POLLUTANTS
from ingest.simulate.places import CITIES
from ingest.simulate.timeline import HOURS_PER_DAY, Timeline
from ingest.simulate.weather import Event

SUMMARY = "simulation.json"
README = """\
# 模拟数据 · Simulated data

本文件夹由 ecolake 的 `ingest.simulate` 生成，全部为模拟数据，不代表任何真实站点、城市或机构。
Everything in this folder was made by ecolake's `ingest.simulate`. No number here was measured; the station codes
9001A… do not exist.

种子 seed {seed} · {start} – {end} · scale {scale}
站点 {stations} stations · {files} files · {values} non-empty values

| file | what it says |
|---|---|
| emissions.csv | emission factor per city, pollutant, month (1 = 2024-11); annual_effort_percent: against last year |
| weather_effect.csv | what the day's weather made of each pollutant in a city, as a factor on normal weather |
| events.csv | haze, heat, dust and the policy, as placed |
| defects.csv | every wrong or missing reading; first and last label as printed (UTC+8, end of the hour), inclusive |
| corrections.csv | every cell that differs between air/ and corrections/ |
| simulation.json | the arguments and totals; written last, so a folder without it is not complete |

政策 Policy: {policy}
"""


@dataclass(frozen=True)
class SimulationTruth:
    """Where the simulated feeds and their truth lie, and what they add up to.

    ``correction`` is a second version of one file of ``air/`` (None where the period has no monthly file); ``values``
    counts the non-empty cells of the CSV files and snapshots, without the correction.
    """

    folder: Path
    seed: int
    start: date
    end: date
    scale: float
    air: tuple[Path, ...]
    weather: tuple[Path, ...]
    correction: Path | None
    emissions: Path
    weather_effect: Path
    events: Path
    defects: Path
    corrections: Path
    readme: Path
    stations: int
    values: int

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything a connector would find: feeds and correction."""
        return (*self.air, *self.weather, *([self.correction] if self.correction else []))


def write_truth(
    truth: SimulationTruth,
    timeline: Timeline,
    air: Air,
    *,
    events: Iterable[Event],
    defects: Iterable[Defect],
    missing_runs: pl.DataFrame,
    corrections: pl.DataFrame,
) -> None:
    """Write the files of ``truth/``, the summary last."""
    months = emissions.months_between(timeline.first_day, timeline.last_day)
    _write(truth.emissions, emissions.truth_table(months))
    _write(truth.weather_effect, _daily_effect(air, timeline))
    _write(truth.events, _event_table(events, timeline))
    listed = pl.DataFrame([asdict(d) for d in defects], schema=missing_runs.schema)
    _write(truth.defects, pl.concat([listed, missing_runs]))
    _write(truth.corrections, corrections)
    policy = emissions.POLICY
    text = README.format(
        seed=truth.seed,
        start=truth.start,
        end=truth.end,
        scale=truth.scale,
        stations=truth.stations,
        files=len(truth.files),
        values=truth.values,
        policy=f"{policy.city} {policy.pollutant} {policy.change_percent:+.0f} % since {policy.since}（{policy.zh}）",
    )
    with atomic_path(truth.readme) as temporary:
        temporary.write_text(text, encoding="utf-8")
    write_json(
        truth.folder / "truth" / SUMMARY,
        {
            "simulated": True,
            "seed": truth.seed,
            "start": truth.start.isoformat(),
            "end": truth.end.isoformat(),
            "scale": truth.scale,
            "stations": truth.stations,
            "values": truth.values,
            "files": [path.relative_to(truth.folder).as_posix() for path in truth.files],
        },
    )


def _daily_effect(air: Air, timeline: Timeline) -> pl.DataFrame:
    """Weather's factor on a city's daily mean: hours weighted by what normal weather would give."""
    shape = (timeline.days, HOURS_PER_DAY, len(CITIES), len(POLLUTANTS))
    normal, effect = air.normal.reshape(shape), air.weather_effect.reshape(shape)
    daily = ((normal * effect).sum(axis=1) / normal.sum(axis=1))[1:]
    dates = pl.date_range(timeline.first_day, timeline.last_day, "1d", eager=True)
    values = pl.DataFrame(
        np.round(daily.transpose(1, 0, 2).reshape(-1, len(POLLUTANTS)), 4),
        schema=[p.code for p in POLLUTANTS],
        orient="row",
    )
    keys = pl.DataFrame({"city": [c.name for c in CITIES]}).join(pl.DataFrame({"date": dates}), how="cross")
    return keys.hstack(values)


def _event_table(events: Iterable[Event], timeline: Timeline) -> pl.DataFrame:
    policy = emissions.POLICY
    rows: list[tuple[str, str, float, float | None]] = [
        (e.kind, str(timeline.label[e.peak_hour].astype("M8[m]")), round(e.strength, 3), round(e.width_hours, 1))
        for e in events
    ]
    rows.append(("policy", f"{policy.since}T00:00", policy.change_percent / 100, None))
    schema = {"kind": pl.String, "peak_label": pl.String, "strength": pl.Float64, "width_hours": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _write(path: Path, table: pl.DataFrame) -> None:
    with atomic_path(path) as temporary:
        table.write_csv(temporary)
