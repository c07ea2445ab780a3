"""Adding one day: its cost with eight years of history against one year, dbt's own start taken off (asked for: ≤ 1.2).

Simulated station hours of the air, for no archive holds eight years. The day is the last one that comes as a file of
its own. What dbt takes to start and to read the project is the same for both and is stated beside them.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from bench.measure import measure

LAST = date(2026, 10, 31)
DAY = "sim_cnemc_sites_20261030.csv"


def history(lake: str, folder: str) -> None:
    """Everything before the day, published."""
    _run(lake, folder, "publish")


def one_day(lake: str, folder: str) -> float:
    """The day, from its bytes to the publication; returns what dbt took to start, in seconds."""
    from catalog.lake import Lake
    from orchestration.cost import last_cost
    from orchestration.pipeline.computing import scratch_path

    _run(lake, folder, "publish")
    return last_cost(Lake(Path(lake)), scratch_path(Lake(Path(lake)))).startup_s


def _run(lake: str, folder: str, until: str) -> None:
    from catalog.lake import Lake
    from orchestration.report import Log
    from orchestration.runner import RunOptions, execute

    execute(Lake(Path(lake)), RunOptions(sources=(Path(folder),), until=until, tests=False), Log(quiet=True))


def main() -> None:
    """Print the costs and their ratio."""
    from ingest.simulate import simulate

    costs = {}
    with tempfile.TemporaryDirectory() as scratch:
        for years in (1, 8):
            feeds, day, lake = (Path(scratch, f"{name} {years}") for name in ("feeds", "day", "lake"))
            simulate(feeds, start=date(LAST.year - years, LAST.month + 1, 1), end=LAST)
            day.mkdir()
            (feeds / "air" / DAY).rename(day / DAY)
            for live in (feeds / "air").glob("sim_cnemc_live_*"):
                live.unlink()  # the day after it, hour by hour
            built = measure(__name__, "history", lake, feeds / "air")
            cost = measure(__name__, "one_day", lake, day)
            started = float(str(cost.result))
            costs[years] = cost.wall_s - started
            print(f"{years} year(s)  history {built}")
            print(f"{years} year(s)  one day {cost}, of which dbt's start {started:.1f} s: {costs[years]:.1f} s")
    print(f"ratio {costs[8] / costs[1]:.2f} (≤ 1.2)")
