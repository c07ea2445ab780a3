"""Adding one day: the cost with 12 months of history against the cost with 1 month (asked for: ≤ 1.2).

The day is 2019-12-31 cut out of the archive's December; the history is December alone, or all of 2019, each without
that day. Measured twice: landing → core, and the whole run to the publication.
"""

from __future__ import annotations

import csv
import tarfile
import tempfile
from pathlib import Path

from bench.measure import ARCHIVE, REGISTER, measure

DAY = "20191231"


def history(lake: str, folder: str) -> None:
    """Everything before the day, published."""
    _run(lake, folder, "publish")


def core_only(lake: str, day: str) -> None:
    """Land and parse the day."""
    _run(lake, day, "parse")


def to_publication(lake: str, day: str) -> None:
    """The rest of the run: checks, months that changed, publication."""
    _run(lake, day, "publish")


def _run(lake: str, source: str, until: str) -> None:
    from catalog.lake import Lake
    from orchestration.report import Log
    from orchestration.runner import RunOptions, execute

    execute(Lake(Path(lake)), RunOptions(sources=(REGISTER, Path(source)), until=until, tests=False), Log(quiet=True))


def main() -> None:
    """Print the costs and their ratios."""
    with tempfile.TemporaryDirectory() as scratch:
        year, month, day = (Path(scratch, name) for name in ("year", "month", "day"))
        with tarfile.open(ARCHIVE) as archive:
            # named so because Python 3.11.2 has no argument for it
            archive.extraction_filter = getattr(tarfile, "data_filter", None) or (lambda member, _: member)
            archive.extractall(year)
        month.mkdir()
        day.mkdir()
        _cut(year / "yrd_sites_201912.csv", day / f"china_sites_{DAY}.csv")
        (month / "yrd_sites_201912.csv").write_bytes((year / "yrd_sites_201912.csv").read_bytes())
        costs = {}
        for name, folder in (("1 month", month), ("12 months", year)):
            lake = Path(scratch, f"lake {name}")
            measure(__name__, "history", lake, folder)
            costs[name] = (measure(__name__, "core_only", lake, day), measure(__name__, "to_publication", lake, day))
            print(f"{name:9}  landing→core {costs[name][0]}")
            print(f"{name:9}  →publication {costs[name][1]}")
    for step, label in enumerate(("landing→core", "→publication")):
        ratio = costs["12 months"][step].wall_s / costs["1 month"][step].wall_s
        print(f"ratio {label:13} {ratio:.2f} (≤ 1.2)")


def _cut(monthly: Path, daily: Path) -> None:
    """Move one day's rows from the monthly file to a daily file."""
    rows = list(csv.reader(monthly.open(encoding="utf-8")))
    header, body = rows[0], rows[1:]
    for path, kept in ((daily, [r for r in body if r[0] == DAY]), (monthly, [r for r in body if r[0] != DAY])):
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([header, *kept])
