"""What a run is handed: the lake, dbt, and how its steps are executed; each switched by configuration.

Does not belong here: what is done with them.
"""

from __future__ import annotations

import importlib
import os
import sys
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource
from packaging.version import Version

from catalog.lake import Lake
from orchestration.transform import PROJECT

EXECUTOR_ENV = "ECOLAKE_EXECUTOR"
EXECUTORS = {"in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}


class LakeResource(dg.ConfigurableResource[Lake]):
    """The lake that a run works on: ``root``, or what ``ECOLAKE_LAKE`` says where the run is executed."""

    root: str | None = None

    def open(self) -> Lake:
        """The lake itself."""
        return Lake(Path(self.root).resolve()) if self.root else Lake.from_env()


class OfflineDbt(DbtCliResource):
    """A ``DbtCliResource`` that knows dbt's version: asked for it, dbt first asks a package index for a newer one."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))


def dbt_resource() -> OfflineDbt:
    """The project of this checkout, run by the dbt that lies beside this Python."""
    return OfflineDbt(
        project_dir=str(PROJECT),
        profiles_dir=str(PROJECT),
        dbt_executable=str(Path(sys.executable).with_name("dbt")),
        global_config_flags=["--no-use-colors", "--no-version-check", "--no-partial-parse"],
    )


def executor() -> dg.ExecutorDefinition:
    """How steps are executed, by ``ECOLAKE_EXECUTOR``.

    ``in_process`` (default: a process costs seconds to start and most steps take less), ``multiprocess``, or
    ``module:name`` of any other, such as ``dagster_k8s:k8s_job_executor``.

    Raises:
        ValueError: there is no such executor.
    """
    asked = os.environ.get(EXECUTOR_ENV, "in_process")
    if asked in EXECUTORS:
        return EXECUTORS[asked]
    module, _, name = asked.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        choices = ", ".join(EXECUTORS)
        raise ValueError(f"{EXECUTOR_ENV}={asked}: expected one of {choices}, or module:name of an executor") from error
    if not isinstance(found, dg.ExecutorDefinition):
        raise ValueError(f"{EXECUTOR_ENV}={asked}: that is a {type(found).__name__}, not an executor definition")
    return found
