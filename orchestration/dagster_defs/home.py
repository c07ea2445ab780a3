"""Dagster's own folder in a lake: its event log, and settings for one machine.

Does not belong here: settings of a cluster, which come with its own ``DAGSTER_HOME``.
"""

from __future__ import annotations

import os
from pathlib import Path

from catalog.lake import Lake, atomic_path

HOME_ENV = "DAGSTER_HOME"
SETTINGS = """\
# Written by `ecolake dev`; a file that is already here is left as it is.
telemetry: {enabled: false}
nux: {enabled: false}
freshness: {enabled: true}
concurrency:
  # One scratch database, one writer: what would collide waits in the queue.
  runs: {max_concurrent_runs: 1}
  pools: {default_limit: 1}
"""


def prepare_home(lake: Lake) -> Path:
    """The folder that ``DAGSTER_HOME`` names, else ``work/dagster`` in the lake, with settings in it."""
    home = Path(os.environ.get(HOME_ENV) or lake.work / "dagster").resolve()
    settings = home / "dagster.yaml"
    if not settings.exists():
        with atomic_path(settings) as temporary:
            temporary.write_text(SETTINGS, encoding="utf-8")
    return home
