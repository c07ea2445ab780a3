"""The dbt project's SQL on Spark: dbt compiles it for Spark, Spark runs it model by model. A script of its own process.

Runs in an environment with pyspark and dbt-spark, without any package of this repository. Does not belong here: what
the rows must be (``test_spark``).

    on_spark.py <inputs: one Parquet file per table of `core`> <outputs> <model> …
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pyspark.sql import SparkSession

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
PROFILE = """ecolake:
  target: spark
  outputs:
    spark: {type: spark, method: session, schema: main, host: unused, threads: 1}
"""


def main(inputs: Path, outputs: Path, models: list[str]) -> None:
    """Compile, then build every wanted model and what it needs; each becomes ``<outputs>/<model>/*.parquet``."""
    nodes = _compiled(outputs / "dbt", models)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(outputs / "warehouse"))
        .config("spark.sql.catalogImplementation", "in-memory")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    for schema in {"core", *(node["schema"] for node in nodes)}:
        session.sql(f"CREATE DATABASE IF NOT EXISTS `{schema}`")
    for path in sorted(inputs.glob("*.parquet")):
        session.sql(f"CREATE TABLE core.`{path.stem}` USING parquet LOCATION '{path}'")
    for node in nodes:
        if node["resource_type"] == "seed":
            _seed(session, node)
        else:
            session.sql(f"CREATE TABLE `{node['schema']}`.`{node['name']}` USING parquet AS {node['compiled_code']}")
    for name in models:
        schema = next(node["schema"] for node in nodes if node["name"] == name)
        session.table(f"`{schema}`.`{name}`").coalesce(1).write.parquet(str(outputs / name))


def _compiled(target: Path, models: list[str]) -> list[dict[str, object]]:
    """The models, seeds and everything they need, in an order in which they can be built."""
    target.mkdir(parents=True)
    (target / "profiles.yml").write_text(PROFILE)
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(target), "--target-path", str(target / "out")]
    folders += ["--log-path", str(target / "logs"), "--no-partial-parse", "--quiet", "--select"]
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "compile", *folders, *(f"+{name}" for name in models)],
        cwd=target,  # dbt's own session leaves a metastore where it starts
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    manifest = json.loads((target / "out" / "manifest.json").read_text())
    known = {**manifest["nodes"]}
    ordered: list[dict[str, object]] = []

    def place(unique_id: str) -> None:
        node = known.get(unique_id)
        if node is None or node in ordered:
            return
        for parent in node["depends_on"].get("nodes", []):  # a seed names none
            place(parent)
        ordered.append(node)

    for name in models:
        place(f"model.ecolake.{name}")
    return ordered


def _seed(session: SparkSession, node: dict[str, object]) -> None:
    """A seed by the column types dbt knows of it; the others are read as Spark infers them."""
    path = Path(str(node["root_path"] or PROJECT)) / str(node["original_file_path"])
    rows = session.read.csv(str(path.resolve()), header=True, inferSchema=True, multiLine=True, escape='"')
    types: dict[str, str] = node["config"]["column_types"]  # type: ignore[index,assignment] # dbt's manifest
    shown = [f"CAST(`{c}` AS {_spark(types[c])}) AS `{c}`" if c in types else f"`{c}`" for c in rows.columns]
    rows.selectExpr(*shown).write.saveAsTable(f"`{node['schema']}`.`{node['name']}`")


def _spark(kind: str) -> str:
    return "string" if kind.lower() in ("varchar", "text") else kind


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:])
