"""What Dagster loads: ``dagster dev -m orchestration.definitions``, or ``ecolake dev`` which also prepares for it."""

from __future__ import annotations

from catalog.lake import Lake
from orchestration.dagster_defs.build import build_defs

defs = build_defs(Lake.from_env())
