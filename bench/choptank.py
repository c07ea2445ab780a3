"""Flow normalisation of EGRET's Choptank River against EGRET 3.0.12: the same numbers, at what cost.

The whole of EGRET's ``modelEstimation``: leave-one-out cross-validation, surfaces, daily estimates, flow normalisation,
annual results; 606 samples, 11,688 days, 14 x 529 grid points. Warm (kernels compiled), one thread, reading the tables
not counted.

``python -m bench choptank``
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from bench.measure import SHARED, measure

EGRET_CPU_S = 75.5
"""EGRET 3.0.12 on the same machine, CPU seconds of one thread (216 s wall, machine shared)."""
PROTOTYPE_CPU_S = (0.14, 0.20)
"""What a throw-away prototype had shown to be possible."""
ASKED_CPU_S, ASKED_DIFFERENCE = 1.0, 1e-8
REFIT_CPU_S = 0.1
"""Aim for one replicate of the bootstrap."""
REPLICATES = 20
RUNS = 5
ANNUAL = {
    "Conc": "concentration_mg_l",
    "Flux": "flux_kg_d",
    "FNConc": "fn_concentration_mg_l",
    "FNFlux": "fn_flux_kg_d",
}
LEAVE_ONE_OUT = {"yHat": "log_concentration", "SE": "standard_error", "ConcHat": "concentration_mg_l"}


def run() -> dict[str, float]:
    """Largest relative differences from EGRET's tables, CPU seconds of the whole method and of one refit."""
    from evaluation.flow_normalisation.annual import results_table
    from evaluation.flow_normalisation.bootstrap import bootstrap
    from evaluation.flow_normalisation.wrtds import wrtds

    folder = SHARED / "effort"

    def read(name: str) -> pl.DataFrame:
        return pl.read_csv(folder / f"choptank_{name}.csv", try_parse_dates=True, null_values="NA")

    flow = read("daily_flow").select(date="Date", flow_m3_s="Q")
    samples = read("sample").select(date="Date", low_mg_l="ConcLow", high_mg_l="ConcHigh")
    result = wrtds(flow, samples)
    bootstrap(result.river, replicates=1, seed=0)
    annual, validated = read("egret_annual"), read("egret_sample_cv")
    differences = {f"annual {name}": _difference(result.annual[ours], annual[name]) for name, ours in ANNUAL.items()}
    differences |= {
        f"leave-one-out {name}": _difference(result.cross_validation[ours], validated[name])
        for name, ours in LEAVE_ONE_OUT.items()
    }
    return differences | {
        "results table": float(not results_table(result.annual).equals(read("egret_table_results"))),
        "flux bias": result.flux_bias.mean,
        "cpu_s": min(_cpu(lambda: wrtds(flow, samples)) for _ in range(RUNS)),
        "refit_s": _cpu(lambda: bootstrap(result.river, replicates=REPLICATES, seed=0)) / REPLICATES,
    }


def _difference(ours: pl.Series, theirs: pl.Series) -> float:
    return float(np.abs(ours.to_numpy() / theirs.to_numpy() - 1).max())


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _line(what: str, value: str, bound: str, is_met: bool) -> None:
    print(f"   {what:28} {value:>14}   {bound:24} {'PASS' if is_met else 'FAIL'}")


def main() -> None:
    """Print them beside EGRET's figures."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # the kernels have one thread by themselves
    measured = measure("bench.choptank", "run")
    found = measured.result
    assert isinstance(found, dict)
    print("   largest relative difference from EGRET 3.0.12")
    for name in (*(f"annual {n}" for n in ANNUAL), *(f"leave-one-out {n}" for n in LEAVE_ONE_OUT)):
        _line(name, f"{found[name]:.1e}", f"<= {ASKED_DIFFERENCE:.0e}", found[name] <= ASKED_DIFFERENCE)
    is_same = found["results table"] == 0
    _line("results table, as printed", "same" if is_same else "differs", "same", is_same)
    _line("flux bias statistic", f"{found['flux bias']:.4f}", "-0.0250", round(found["flux bias"], 4) == -0.025)
    print("   CPU seconds, one thread, warm")
    cpu, refit = found["cpu_s"], found["refit_s"]
    _line("whole method", f"{cpu:.3f}", f"<= {ASKED_CPU_S:g}", cpu <= ASKED_CPU_S)
    print(f"   {'EGRET':28} {EGRET_CPU_S:>14}   {EGRET_CPU_S / cpu:.0f} x ours")
    print(f"   {'prototype':28} {'{:.2f}-{:.2f}'.format(*PROTOTYPE_CPU_S):>14}")
    _line("one refit of the bootstrap", f"{refit:.3f}", f"about {REFIT_CPU_S:g}", refit <= 1.5 * REFIT_CPU_S)
    print(f"   peak memory of the process {measured.peak_mb:.0f} MB (EGRET 326)")
