"""Is the score true? Synthetic worlds on real weather whose effort is known, scored as a city would be.

``python -m bench.known_truth [worlds]``. Each world is four years of one of three cities' daily weather; the baseline
is its first year, the evaluation its last. Every interval is the full bootstrap: 200 refits. Bounds: issue 5, item 3.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.measure import SHARED
from evaluation.known_truth.worlds import FAMILIES, NULL_FAMILIES, STEP_FAMILIES, Family, World, world
from evaluation.score.assess import assess
from evaluation.score.decomposition import Period
from evaluation.score.step import step_log
from evaluation.weather_normalisation.backfit import design, monthly

Floats = NDArray[np.float64]

WORLDS = 210
PROCESSES = 2
CITIES = ("hangzhou", "shanghai", "nanjing")
FIRST_YEARS = (2014, 2015, 2016, 2017)
COLUMNS = {
    "avgtemp": "temperature_c",
    "avgrh": "humidity_percent",
    "avgws": "wind_speed_m_s",
    "maxwswd": "wind_direction_deg",
    "precipitation": "rain_mm",
    "avgp": "pressure_pa",
}


def city_weather(city: str) -> pl.DataFrame:
    """Daily weather of a city's file: ``at`` and the columns the worlds respond to, in the units of their names."""
    raw = pl.read_csv(SHARED / "weather" / f"{city}.csv", infer_schema_length=0, null_values=["NA", ""])
    year, month, day = (pl.col("date").str.split_exact(s, 2).struct.field(f"field_{i}") for s, i in _fields(raw))
    table = raw.select(
        pl.datetime(year.cast(pl.Int32), month.cast(pl.Int32), day.cast(pl.Int32)).alias("at"),
        *(pl.col(c).cast(pl.Float64).alias(name) for c, name in COLUMNS.items()),
    )
    return table.sort("at").with_columns(
        # sixteen sectors from north-north-east on; 17 = calm
        pl.when(pl.col("wind_direction_deg") <= 16).then(pl.col("wind_direction_deg") * 22.5),
        # 32766 is the provider's "missing", scaled by ten
        pl.when(pl.col("pressure_pa") < 120_000).then(pl.col("pressure_pa")),
    )


def _fields(raw: pl.DataFrame) -> list[tuple[str, int]]:
    separator = "/" if "/" in raw["date"][0] else "-"
    return [(separator, i) for i in range(3)]


@dataclass(frozen=True)
class Outcome:
    """One world's truth and what was found; effects in log."""

    family: str
    truth: float
    oracle: float
    estimate: float
    lower: float
    upper: float
    grade: str
    raw: float
    step_truth: float | None
    step_oracle: float | None
    step: float | None
    cpu_s: float


def main(worlds: int = WORLDS) -> None:
    """Print errors, coverage and false findings by family, PASS or FAIL, and other methods on one world of each."""
    start = time.perf_counter()
    tasks = [(FAMILIES[i % len(FAMILIES)], i // len(FAMILIES)) for i in range(worlds)]
    # one thread each; a fresh interpreter, because LightGBM's thread pool does not survive a fork
    os.environ["OMP_NUM_THREADS"] = "1"
    with get_context("spawn").Pool(PROCESSES) as pool:
        outcomes = [o for o in pool.imap_unordered(outcome, tasks) if o is not None]
    outcomes.sort(key=lambda o: (o.family, o.truth, o.estimate))
    report(outcomes, worlds, time.perf_counter() - start)
    others()


def outcome(task: tuple[Family, int]) -> Outcome | None:
    """Score one world; None when it is found not assessable."""
    cpu = time.process_time()
    made, first = make(*task)
    base, evaluation = Period.year(first), Period.year(first + 3)
    policy = [made.policy_date] if made.policy_declared and made.policy_date else []
    found = assess(made.series, base, evaluation, policy_dates=policy)
    if found.estimate is None:
        return None
    step = step_oracle = step_truth = None
    if made.family in STEP_FAMILIES and made.policy_date:
        month = made.months["month"].to_numpy().astype("datetime64[M]")
        step_truth, step_oracle = (
            float(step_log(month, made.months[c].to_numpy(), made.policy_date)) for c in ("truth_log", "oracle_log")
        )
        month, log_level = normalised_months(made, policy)
        step = float(step_log(month, log_level, made.policy_date))
    periods = (base.start, base.end), (evaluation.start, evaluation.end)
    return Outcome(
        family=made.family,
        truth=made.effort_log(*periods, column="truth_log"),
        oracle=made.effort_log(*periods, column="oracle_log"),
        estimate=found.estimate.split.effort_log,
        lower=found.estimate.effort_lower_log,
        upper=found.estimate.effort_upper_log,
        grade=found.grade,
        raw=found.estimate.split.total_log,
        step_truth=step_truth,
        step_oracle=step_oracle,
        step=step,
        cpu_s=time.process_time() - cpu,
    )


def make(family: Family, seed: int) -> tuple[World, int]:
    """The world of a family and seed, and its first year."""
    first = FIRST_YEARS[seed // len(CITIES) % len(FIRST_YEARS)]
    weather = city_weather(CITIES[seed % len(CITIES)])
    inside = weather.filter((pl.col("at") >= pl.date(first, 1, 1)) & (pl.col("at") < pl.date(first + 4, 1, 1)))
    return world(inside, family, seed), first


def normalised_months(made: World, policy: list[date]) -> tuple[NDArray[np.datetime64], Floats]:
    """Months and log normalised level by backfit."""
    on = design(made.series, policy_dates=policy)
    months = monthly(on, on.fit(np.log(made.series.frame["value"].drop_nulls().to_numpy())))
    return months.month, months.log_normalised


def points(log_a: Floats, log_b: Floats) -> Floats:
    """Distance of two log changes in percentage points."""
    distance: Floats = 100 * (np.exp(log_a) - np.exp(log_b))
    return distance


def report(outcomes: list[Outcome], worlds: int, wall_s: float) -> None:
    """Tables by family and the verdicts."""
    print(
        f"{len(outcomes)} of {worlds} worlds assessable, {wall_s:.0f} s wall,"
        f" {sum(o.cpu_s for o in outcomes):.0f} s CPU"
    )
    print(
        "family            n | effort: ours−oracle mean |.| q90 | |ours−truth|  |raw−truth|   | covered  found  width"
    )
    for family in (*FAMILIES, "all"):
        of = [o for o in outcomes if family in (o.family, "all")]
        if of:
            print(f"{family:16} {len(of):3} | {line(of)}")
    steps = [o for o in outcomes if o.step is not None and o.step_oracle is not None and o.step_truth is not None]
    distance = points(np.array([o.step for o in steps]), np.array([o.step_oracle for o in steps]))
    truth = points(np.array([o.step for o in steps]), np.array([o.step_truth for o in steps]))
    oracle = points(np.array([o.step_oracle for o in steps]), np.array([o.step_truth for o in steps]))
    effort = points(np.array([o.estimate for o in outcomes]), np.array([o.oracle for o in outcomes]))
    q = np.quantile(np.abs(distance), [0.5, 0.9, 1.0])
    print(
        f"step, {len(steps)} worlds: ours−oracle mean {distance.mean():+.2f} points,"
        f" |.| mean {np.abs(distance).mean():.2f},"
        f" median {q[0]:.2f}, 90 % {q[1]:.2f}, worst {q[2]:.2f};"
        f" |ours−truth| {np.abs(truth).mean():.2f}, |oracle−truth| {np.abs(oracle).mean():.2f}"
    )
    covered = np.mean([o.lower <= o.truth <= o.upper for o in outcomes])
    false = [o.grade != "no_evidence" for o in outcomes if o.family in NULL_FAMILIES]
    verdict("step within 2 points of the oracle (mean)", float(np.abs(distance).mean()), 0, 2)
    verdict(
        "step within 2 points of the oracle (share of worlds; no bound)", float(np.mean(np.abs(distance) <= 2)), 0, 1
    )
    verdict("effort within 2 points of the oracle (mean)", float(np.abs(effort).mean()), 0, 2)
    verdict("90 % intervals cover the truth", float(covered), 0.85, 0.95)
    verdict(f"false effort in {len(false)} null worlds", float(np.mean(false)), 0, 0.10)
    verdict("wall time, hours", wall_s / 3600, 0, 1)


def line(of: list[Outcome]) -> str:
    """One family's row."""
    ours, oracle, truth, raw = (np.array([getattr(o, n) for o in of]) for n in ("estimate", "oracle", "truth", "raw"))
    gap = points(ours, oracle)
    lower, upper = np.array([o.lower for o in of]), np.array([o.upper for o in of])
    return (
        f"{gap.mean():+5.2f} {np.abs(gap).mean():5.2f} {np.quantile(np.abs(gap), 0.9):5.2f}         |"
        f" {np.abs(points(ours, truth)).mean():5.2f}     {np.abs(points(raw, truth)).mean():5.2f}          |"
        f" {np.mean((lower <= truth) & (truth <= upper)):5.3f}   {np.mean([o.grade != 'no_evidence' for o in of]):5.3f}"
        f"  {points(upper, lower).mean():4.1f}"
    )


def verdict(what: str, value: float, low: float, high: float) -> None:
    """PASS or FAIL against a bound."""
    print(f"{'PASS' if low <= value <= high else 'FAIL'}  {what}: {value:.3f} (bound {low:g}–{high:g})")


def others() -> None:
    """The distance from the oracle of other methods, one world of each family."""
    print("effort − oracle, points, one world each:       raw  forest  boosted  backfit")
    for family in FAMILIES:
        print(f"  {family:40} " + "  ".join(f"{v:+6.1f}" for v in compared(family)))


def compared(family: Family, seed: int = 1) -> Iterator[float]:
    """Raw, forest, boosted (both as they come, windowless) and backfit: effort less the oracle's, in points."""
    from evaluation.weather_normalisation.boosted import boosted_for
    from evaluation.weather_normalisation.forest import Forest
    from evaluation.weather_normalisation.normalised import normalise

    made, first = make(family, seed)
    years = [date(first + k, 1, 1) for k in (0, 1, 3, 4)]
    base, evaluation = (years[0], years[1]), (years[2], years[3])
    oracle = made.effort_log(base, evaluation, column="oracle_log")

    def effort(month: NDArray[np.datetime64], level: Floats) -> float:
        when = month.astype("datetime64[D]")
        means = [level[(when >= np.datetime64(a)) & (when < np.datetime64(b))].mean() for a, b in (base, evaluation)]
        return float(points(np.log(means[1] / means[0]), np.array(oracle)))

    tables = [normalise(made.series, mode).monthly() for mode in (Forest(), boosted_for(made.series.step))]
    yield effort(tables[0]["month"].to_numpy(), tables[0]["value"].to_numpy())
    for table in tables:
        yield effort(table["month"].to_numpy(), table["normalised"].to_numpy())
    month, log_level = normalised_months(made, [])
    yield effort(month, np.exp(log_level))


if __name__ == "__main__":
    main(*(int(n) for n in sys.argv[1:2]))
