"""Run a piece of work in a process of its own and tell its wall time, CPU time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(os.environ.get("ECOLAKE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
ARCHIVE = SHARED / "air" / "cnemc_sites_2019_yangtze_delta_monthly.tar.xz"
REGISTER = SHARED / "air" / "yangtze_delta_station_list.csv"

_CHILD = """
import json, resource, sys, time
from importlib import import_module
module, function, *arguments = sys.argv[1:]
work = getattr(import_module(module), function)
start, cpu = time.perf_counter(), time.process_time()
result = work(*arguments)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu,
                  "peak_mb": usage.ru_maxrss / 1024, "result": result}))
"""


@dataclass(frozen=True)
class Measured:
    """Cost of one piece of work, imports not counted."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    result: object

    def __str__(self) -> str:
        return f"{self.wall_s:6.1f} s wall  {self.cpu_s:6.1f} s CPU  {self.peak_mb:6.0f} MB peak"


def measure(module: str, function: str, *arguments: str | Path) -> Measured:
    """Call ``module.function(*arguments)`` in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, module, function, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module}.{function} failed:\n{done.stderr[-3000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))
