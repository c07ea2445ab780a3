"""The manifest that the dbt project's assets are made from: parsed when it is missing or stale, else only read.

A parse runs dbt in a process of its own (seconds); to find the manifest fresh takes milliseconds. ``ecolake dev``
prepares it before Dagster starts. Does not belong here: turning it into assets (``dbt_graph``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from catalog.lake import Lake
from orchestration import transform


def ensure_manifest(lake: Lake) -> Mapping[str, Any]:
    """The manifest of the dbt project as it is now.

    Raises:
        TransformError: the project cannot be parsed; the message is dbt's.
    """
    if (found := _fresh(transform.manifest_path(lake))) is not None:
        return found
    from orchestration.pipeline import scratch_path  # noqa: PLC0415 - costs two seconds, seldom needed

    parsed: dict[str, Any] = json.loads(transform.parse(lake, scratch_path(lake)).read_text("utf-8"))
    return parsed


def _fresh(path: Path) -> dict[str, Any] | None:
    """The manifest, unless it is missing, half-written, another dbt's, or older than any of its sources."""
    try:
        written_at = path.stat().st_mtime_ns
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    is_ours = manifest["metadata"]["dbt_version"] == version("dbt-core")
    return manifest if is_ours and all(source.stat().st_mtime_ns < written_at for source in _sources()) else None


def _sources() -> Iterator[Path]:
    """Files that dbt reads, and their folders: to remove a file touches only its folder."""
    yield from (transform.PROJECT / "dbt_project.yml", transform.PROJECT / "profiles.yml")
    for folder in (*(transform.PROJECT / name for name in ("models", "macros", "tests")), *transform.SEEDS):
        yield folder
        yield from folder.rglob("*")
