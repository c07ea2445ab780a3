"""The SQL up to the daily grain gives the same rows on Spark as on DuckDB.

Needs Java and an environment with ``pyspark`` and ``dbt-spark`` beside ``dbt-core``: its Python in
``ECOLAKE_SPARK_PYTHON``. Measured with Spark 4.0.5 and dbt-spark 1.11.0.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import duckdb
import pytest

from catalog.lake import Lake

SPARK_PYTHON = os.environ.get("ECOLAKE_SPARK_PYTHON")
# Hours with their AQI, the 8-h ozone windows, points' validity, the cities' day, and a range window over instants.
MODELS = ("air_station_day", "air_city_hour", "air_city_day_aqi", "air_city_dust_day")
INPUTS = (
    *("air__cnemc_station_hourly", "air__cnemc_station_live", "air__station_hourly_long", "air__station_register"),
    *("flags", "flag_events", "months"),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        SPARK_PYTHON is None, reason="no Spark: set ECOLAKE_SPARK_PYTHON to a Python with pyspark and dbt-spark"
    ),
]


@pytest.fixture(scope="module")
def on_spark(published: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Parquet files per model, computed by Spark from the lake's own core."""
    inputs, outputs = tmp_path_factory.mktemp("core"), tmp_path_factory.mktemp("spark")
    with duckdb.connect(str(published.work / "scratch.duckdb"), read_only=True) as db:
        for table in INPUTS:
            db.execute(f"COPY (FROM core.\"{table}\") TO '{inputs / table}.parquet' (FORMAT parquet)")
    script = Path(__file__).with_name("on_spark.py")
    done = subprocess.run(
        [str(SPARK_PYTHON), str(script), str(inputs), str(outputs), *MODELS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return outputs


@pytest.mark.parametrize("model", MODELS)
def test_spark_and_duckdb_agree_row_for_row(published: Lake, on_spark: Path, model: str) -> None:
    with duckdb.connect(str(published.work / "scratch.duckdb"), read_only=True) as db:
        db.execute("SET TimeZone = 'UTC'")
        kinds = db.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'themes' AND table_name = ?",
            [model],
        ).fetchall()
        names = ", ".join(f'"{name}"' for name, _ in kinds)
        typed = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in kinds)
        spark = f"(SELECT {typed} FROM read_parquet('{on_spark / model}/*.parquet'))"
        ours = f"(SELECT {names} FROM themes.{model})"
        counts = db.execute(
            f"SELECT (SELECT count(*) FROM {ours}), (SELECT count(*) FROM {spark}), "
            f"(SELECT count(*) FROM (FROM {ours} EXCEPT ALL FROM {spark})), "
            f"(SELECT count(*) FROM (FROM {spark} EXCEPT ALL FROM {ours}))"
        ).fetchall()[0]
    assert counts[0] == counts[1] > 0
    assert counts[2:] == (0, 0)
