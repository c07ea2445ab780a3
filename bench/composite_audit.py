"""Monte Carlo audit of an index: 90 regions × 40 indicators × 1,000 runs, beside COINr's recorded times.

Asked for (issue 6): ≤ 8 CPU s with the four inputs of COINr's run (treatment, normalisation, weights, aggregation),
≤ 1 CPU s with weights only, ≤ 1 GB, linear in runs, the same seed gives the same digits. A run of the bench is what
a user gets: scores, all runs, rank intervals, pairs and ties. Compiled kernels are warmed on a tiny index first, as
imports are not counted; what loading them costs is printed. Besides: the same with the inputs' own intervals and a
model's error, where every run goes through the whole chain again, which COINr does not offer.

``python -m bench composite_audit``
"""

from __future__ import annotations

import hashlib
import resource
import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl

from bench.measure import measure

if TYPE_CHECKING:
    from evaluation.composite.audit.alternatives import Alternatives
    from evaluation.composite.definition import Definition

REGIONS, PILLARS, PER_PILLAR, RUNS = 90, 8, 5, 1000
# Recorded with COINr 1.1.14 on one core for the same shape (../shared/data/index, 21_perf_90x40x1000).
COINR = {"four inputs": 175.4, "weights only": 173.2}
BOUNDS = {"four inputs": 8.0, "weights only": 1.0}
PEAK_MB = 1024
# Ten times the runs may take this much more than ten times the time: allocation and timing noise.
LINEAR = 1.5


def index(pillars: int, per_pillar: int) -> Definition:
    """``pillars`` × ``per_pillar`` leaves in two sub-indices, every third lower-is-better."""
    from evaluation.composite.definition import Definition

    def node(code: str, parent: str | None, **more: object) -> dict[str, object]:
        return {"code": code, "names": {"zh": code, "en": code}, "parent": parent, **more}

    inner = [("index", None), ("sub0", "index"), ("sub1", "index")]
    inner += [(f"pillar{p}", f"sub{p % 2}") for p in range(pillars)]
    leaves = [
        node(f"i{n}", f"pillar{n % pillars}", indicator=f"i{n}", direction="lower" if n % 3 == 0 else "higher")
        for n in range(pillars * per_pillar)
    ]
    return Definition.model_validate(
        {
            "code": "BENCH",
            "names": {"zh": "基准", "en": "Bench"},
            "edition": "1",
            "official": False,
            "approver": "bench",
            "decided_on": "2026-01-01",
            "reason": "timing",
            "weights_total": None,
            "normalisation": {"method": "min_max"},
            "treatment": {"method": "winsorise_then_log"},
            "imputation": "mean",
            "nodes": [node(code, parent, aggregation="arithmetic") for code, parent in inner],
            "leaves": leaves,
        }
    )


def table(regions: int, leaves: int) -> pl.DataFrame:
    """Skewed values that share a common cause, 2 % missing, each with a 95 % interval and a model's error."""
    random = np.random.default_rng(20260101)
    common = random.standard_normal((regions, 1))
    values = np.exp(0.6 * common + 0.9 * random.standard_normal((regions, leaves)))
    values[random.random(values.shape) < 0.02] = np.nan
    flat = values.ravel()
    return pl.DataFrame(
        {
            "region_code": np.repeat([f"r{n:03d}" for n in range(regions)], leaves),
            "period": ["2023"] * flat.size,
            "indicator_code": [f"i{n}" for n in range(leaves)] * regions,
            "value": flat,
            "lower": flat * 0.95,
            "upper": flat * 1.08,
            "model_sd": flat * 0.02,
        }
    ).filter(pl.col("value").is_not_nan())


def alternatives(which: str) -> Alternatives:
    """What is varied: COINr's four inputs, weights only, or the four with the inputs' errors."""
    from evaluation.composite.audit.alternatives import Alternatives
    from evaluation.composite.definition import MinMax, Treatment, ZScore

    weights = Alternatives(weight_spread=0.25)
    if which == "weights only":
        return weights
    four = replace(
        weights,
        treatment=tuple(Treatment(method="winsorise_then_log", max_points=points) for points in range(1, 6)),
        normalisation=(MinMax(method="min_max", scale=(1, 100)), ZScore(method="z_score", mean=10, sd=2)),
        aggregation=("arithmetic", "geometric"),
    )
    return replace(four, inputs=True, model_error=True) if which == "with input errors" else four


def audit(which: str, runs: str) -> dict[str, object]:
    """One audit in a process of its own: CPU seconds, peak memory, and a digest of all digits."""
    start = time.process_time()
    _audit(index(2, 2), table(12, 4), which, 10)
    loading = time.process_time() - start
    definition, values = index(PILLARS, PER_PILLAR), table(REGIONS, PILLARS * PER_PILLAR)
    start = time.process_time()
    digest = _audit(definition, values, which, int(runs))
    return {
        "cpu_s": time.process_time() - start,
        "loading_s": loading,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "digest": digest,
    }


def _audit(definition: Definition, values: pl.DataFrame, which: str, runs: int) -> str:
    from evaluation.composite.audit.certainty import pair_table, rank_table
    from evaluation.composite.audit.uncertainty import simulate
    from evaluation.composite.scoring import score

    found = simulate(score(definition, values), "2023", alternatives(which), runs=runs, seed=1)
    ranks, pairs = rank_table(found), pair_table(found)
    told = found.scores.tobytes() + ranks.write_csv().encode() + pairs.write_csv().encode()
    return hashlib.sha256(told).hexdigest()


def main() -> None:
    """Print ours beside COINr's."""

    def run(which: str, runs: int) -> dict[str, float | str]:
        return cast(dict[str, float | str], measure("bench.composite_audit", "audit", which, str(runs)).result)

    run("with input errors", 10)  # compiles, if nobody has since the kernels changed
    print(f"{REGIONS} regions x {PILLARS * PER_PILLAR} indicators, CPU s, one thread")
    for which in ("four inputs", "weights only", "with input errors"):
        found, again, tenfold = run(which, RUNS), run(which, RUNS), run(which, 10 * RUNS)
        cpu = min(float(found["cpu_s"]), float(again["cpu_s"]))
        growth = float(tenfold["cpu_s"]) / cpu
        peak = max(float(one["peak_mb"]) for one in (found, again, tenfold))
        told = f"{which:18} {RUNS} runs {cpu:6.2f} s"
        if which in COINR:
            told += f"  COINr {COINR[which]:.1f} s, ratio {COINR[which] / cpu:.0f}, bound {BOUNDS[which]:g} s"
            told += f" {_verdict(cpu <= BOUNDS[which])}"
        print(told)
        print(f"{'':18} {10 * RUNS} runs {float(tenfold['cpu_s']):6.2f} s = {growth:.1f} x", end="")
        print(f" {_verdict(growth <= 10 * LINEAR)} linear; peak {peak:.0f} MB {_verdict(peak <= PEAK_MB)}", end="")
        print(f"; same digits twice {_verdict(found['digest'] == again['digest'])}", end="")
        print(f"; loading kernels {float(found['loading_s']):.1f} s")


def _verdict(is_met: bool) -> str:
    return "PASS" if is_met else "FAIL"


if __name__ == "__main__":
    main()
