"""Run dbt on the scratch database for the themes and months whose inputs changed; remember what was built from what.

dbt runs whole, or in two halves around the evaluation: what it starts from, and what follows from its results.
Does not belong here: what the models compute (``dbt_project``), what they read (``scratch``), or the evaluation
(``evaluating``).
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import duckdb

from catalog.indicators import catalog_rows
from catalog.lake import Lake
from catalog.publication.plan import TableSpec
from ingest.card import readable_cards
from orchestration.column_words import words_of
from orchestration.cost import Process, note_run
from orchestration.dbt_graph import datasets_by_theme, folders_of
from orchestration.evaluating.code import code_hash as evaluating_hash

PROJECT = Path(__file__).parent.parent / "dbt_project"
CATALOG = Path(__file__).parent.parent / "catalog"
EDITIONS = CATALOG / "editions"
# folders of dbt's seeds: rules of law, what is known besides, the plan
SEEDS = (EDITIONS, CATALOG / "knowledge", CATALOG / "plan")
SCRATCH_ENV = "ECOLAKE_SCRATCH"
RELEASED_LAYERS = ("theme", "topic", "knowledge", "edition")
# Tables that scratch.prepare lays out and dbt only reads. When a batch arrived is no part of what was computed.
CORE_TABLES = (
    TableSpec("batches", ("dataset", "batch"), "batch", schema="core", volatile=("authority", "received_at")),
    TableSpec("lineage_batches", ("theme", "month", "dataset", "batch"), "theme × month × batch", schema="core"),
    TableSpec("catalog_indicators", ("code",), "indicator", schema="core"),
    TableSpec("catalog_datasets", ("dataset",), "dataset", schema="core"),
    TableSpec("catalog_indicator_inputs", ("code", "dataset"), "indicator × dataset", schema="core"),
)


class TransformError(RuntimeError):
    """A model or a dbt test failed; the message names it."""


# Theme and local month: the unit of work.
Part = tuple[str, str]
# All of dbt, or what lies before and after the evaluation.
Half = Literal["whole", "before", "after"]
AFTER_EVALUATION = "source:evaluation+"


@dataclass(frozen=True)
class Plan:
    """What dbt has to do: everything (``full``), some months of some themes, or nothing."""

    full: bool
    parts: tuple[Part, ...]

    @property
    def is_nothing(self) -> bool:
        """Nothing changed since the last build."""
        return not self.full and not self.parts

    @property
    def months(self) -> tuple[str, ...]:
        """The local months of any theme."""
        return tuple(sorted({month for _, month in self.parts}))

    @property
    def by_theme(self) -> dict[str, list[str]]:
        """Theme → its months."""
        found: dict[str, list[str]] = {}
        for theme, month in self.parts:
            found.setdefault(theme, []).append(month)
        return found


def code_hash() -> str:
    """Hash of everything besides the data that decides a number: models, macros, editions, cards, libraries."""
    digest = hashlib.sha256(json.dumps(catalog_rows(), sort_keys=True, default=str).encode())
    serves = {card.id: [card.level, card.title.zh, *card.serves] for card in readable_cards()[0].values()}
    digest.update(json.dumps(serves, sort_keys=True).encode())
    sources = [*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("macros/**/*.sql")]
    digest.update(evaluating_hash("one", "results").encode())
    sources += [path for folder in SEEDS for path in folder.glob("*.csv")]
    for path in sorted([*sources, PROJECT / "dbt_project.yml"]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for package in ("dbt-core", "dbt-duckdb", "duckdb"):
        digest.update(f"{package}={version(package)}".encode())
    return digest.hexdigest()


def plan(
    scratch: Path, states: Mapping[Part, str], months: tuple[str, str] | None = None, *, full: bool = False
) -> Plan:
    """Compare the state of each part with what the scratch was built from; ``months`` (first, last) limits it."""
    code, built = _built(scratch)
    if full or not built or code != code_hash():
        return Plan(full=True, parts=tuple(sorted(states)))
    stale = {part for part in {*states, *built} if states.get(part) != built.get(part)}
    wanted = {part for part in stale if months is None or months[0] <= part[1] <= months[1]}
    return Plan(full=False, parts=tuple(sorted(wanted)))


def build(lake: Lake, scratch: Path, todo: Plan, *, half: Half = "whole", tests: bool = True) -> None:
    """Run dbt for the plan. What was built is remembered by :func:`remember`, when everything has passed.

    Raises:
        TransformError: naming the first models or tests that failed.
    """
    if not todo.is_nothing:
        # the second half reads what the first one has just parsed, with the same variables: 9 CPU seconds less
        folders = dbt_arguments(lake, parsed=half == "after")
        arguments = [*build_arguments(todo, half=half, tests=tests), *folders]
        _invoke(lake, arguments, scratch, goes_on=half == "after")


def build_arguments(todo: Plan, *, half: Half = "whole", tests: bool = True) -> list[str]:
    """What dbt is asked to do for a plan; where it reads and writes is in :func:`dbt_arguments`."""
    # Unit tests prove the code, not the data: they run in the project's own tests, not in every run.
    left_out = ["--exclude-resource-type", "unit_test", *([] if tests else ["test"])]
    themes = [] if todo.full else [theme for theme in datasets_by_theme() if theme not in todo.by_theme]
    idle = [f"path:models/{folder}" for theme in themes for folder in folders_of(theme)]
    idle += [AFTER_EVALUATION] if half == "before" else []
    # one word: dagster-dbt merges it with a selection of its own
    exclude = ["--exclude", " ".join(idle)] if idle else []
    select = ["--select", AFTER_EVALUATION] if half == "after" else []
    scope = ["--full-refresh"] if todo.full else ["--vars", json.dumps({"months": todo.by_theme})]
    return ["build", *scope, *left_out, *select, *exclude]


def parse(lake: Lake, scratch: Path) -> Path:
    """Have dbt read the project as it is now; returns the manifest it writes into the lake's work folder.

    Raises:
        TransformError: the project cannot be parsed.
    """
    _invoke(lake, ["parse", *dbt_arguments(lake)], scratch)
    return manifest_path(lake)


def manifest_path(lake: Lake) -> Path:
    """What dbt knows of the project, as of its last run or parse."""
    return lake.work / "dbt" / "target" / "manifest.json"


def dbt_arguments(lake: Lake, *, parsed: bool = False) -> list[str]:
    """Folders of a dbt invocation: nothing is written into the repository; ``parsed``: by this run, just before."""
    return [
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(lake.work / "dbt" / "target"), "--log-path", str(lake.work / "dbt" / "logs")),
        *("--quiet", "--no-use-colors", "--no-version-check", "--partial-parse" if parsed else "--no-partial-parse"),
    ]


def table_specs(lake: Lake) -> list[TableSpec]:
    """How each published table is released, read from the ``meta`` of its yml after dbt has run.

    Marts, knowledge and editions are released, parts of a mart (``publish: false``) and the rows that
    ``indicator_values`` unites are not.
    """
    manifest = json.loads(manifest_path(lake).read_text(encoding="utf-8"))
    nodes = [n for _, n in sorted(manifest["nodes"].items()) if n["resource_type"] in ("model", "seed")]
    released = [n for n in nodes if _meta(n).get("publish", _meta(n).get("layer") in RELEASED_LAYERS)]
    return [*map(table_spec, released), *CORE_TABLES]


def table_spec(node: Mapping[str, Any]) -> TableSpec:
    """One model or seed of dbt's manifest as a publication's table."""
    meta = _meta(node)
    # what is built by month is released by month; what is built by period is small, and one file
    is_monthly = node["config"]["materialized"] == "incremental" and "month" in node["columns"]
    by_month = ("month",) if is_monthly else ()
    return TableSpec(
        name=node["name"],
        schema=node["schema"],
        key=tuple(meta["key"]),
        grain=meta["grain"],
        partition=tuple(meta.get("partition", by_month)),
        in_duckdb=meta.get("in_duckdb", True),
        parquet_only=tuple(meta.get("parquet_only", ())),
        words=words_of(meta, node["columns"].values()),
    )


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = node["config"]["meta"]
    return meta


def _invoke(lake: Lake, arguments: list[str], scratch: Path, *, goes_on: bool = False) -> None:
    """Dbt in a process of its own: it keeps its database open until it ends."""
    results = lake.work / "dbt" / "target" / "run_results.json"
    results.unlink(missing_ok=True)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "dbt.cli.main", *arguments],
        env={**os.environ, SCRATCH_ENV: str(scratch), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    note_run(lake, Process(time.monotonic() - began, cpu_s, after.ru_maxrss / 1024), goes_on=goes_on)
    if done.returncode == 0:
        return
    failed = _failures(results)
    what = "; ".join(failed[:5]) or (done.stdout + done.stderr).strip()[-800:]
    raise TransformError(f"{len(failed) or 'dbt:'} model(s) or test(s) failed: {what}")


def _failures(results: Path) -> list[str]:
    """Model or test and the first line of its message, for each that failed."""
    if not results.exists():
        return []
    listed = json.loads(results.read_text(encoding="utf-8"))["results"]
    return [
        f"{r['unique_id'].split('.')[2]}: {' '.join((r['message'] or '').split())[:200]}"
        for r in listed
        if r["status"] in ("error", "fail")
    ]


def _built(scratch: Path) -> tuple[str, dict[Part, str]]:
    """Code, and state of every part, that the scratch was last built from; empty when it never was."""
    if not scratch.exists():
        return "", {}
    with duckdb.connect(str(scratch), read_only=True) as db:
        exists = db.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'built'")
        if exists.fetchall() == [(0,)]:
            return "", {}
        rows = db.execute("SELECT code, theme, month, state FROM core.built").fetchall()
        return (rows[0][0] if rows else ""), {(theme, month): state for _, theme, month, state in rows}


def remember(scratch: Path, todo: Plan, states: Mapping[Part, str]) -> None:
    """Note what the scratch is built from now; call it only after every model and test has passed."""
    known = {} if todo.full else _built(scratch)[1]
    for part in todo.parts:
        known.pop(part, None)
    known |= {part: states[part] for part in todo.parts if part in states}
    code = code_hash()
    with duckdb.connect(str(scratch)) as db:
        db.execute("BEGIN")
        db.execute("CREATE OR REPLACE TABLE core.built (code VARCHAR, theme VARCHAR, month VARCHAR, state VARCHAR)")
        if known:
            db.executemany(
                "INSERT INTO core.built VALUES (?, ?, ?, ?)",
                [(code, theme, month, state) for (theme, month), state in sorted(known.items())],
            )
        db.execute("COMMIT")
