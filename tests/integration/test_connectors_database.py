"""Rows from a real PostgreSQL server on this machine that is down, refuses, is slow, or gains rows meanwhile."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgresql
import polars as pl
import pytest

from ingest.connectors.cursors import Keeper
from ingest.connectors.database import deliveries
from ingest.connectors.environment import Environment
from ingest.connectors.http import Unchanged
from ingest.connectors.limits import Limits
from ingest.delivery import Cursor, Database
from ingest.landing import Delivery, Refusal

FAST = Limits(
    max_bytes=4 << 20,
    attempts=2,
    total_s=5.0,
    connect_s=2.0,
    read_s=2.0,
    backoff_initial_s=0.001,
    backoff_max_s=0.01,
    jitter_s=0.001,
)
PASSWORD = "s3cret-password"
NOBODY = 65534  # PostgreSQL refuses to run as root
CURSOR = Cursor(field="updated_at", start="2026-10-01T00:00:00Z", overlap_s=3600)
QUERY = "SELECT id, updated_at, value FROM levels WHERE updated_at > :after"


class Postgres:
    """A server of our own in a temporary folder."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._folder = folder
        self._binaries = binaries
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.uri = f"postgresql://lake:{PASSWORD}@127.0.0.1:{self.port}/postgres"
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.chown(secret, NOBODY, NOBODY)
        self._run("initdb", "-D", folder / "db", "-U", "lake", "-A", "scram-sha-256", f"--pwfile={secret}")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder} -c fsync=off"
        self._run("pg_ctl", "-D", self._folder / "db", "-o", options, "-l", self._folder / "log", "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._folder / "db", "-m", "immediate", "stop")

    def execute(self, *statements: str) -> None:
        with postgresql.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _run(self, program: str, *arguments: object) -> None:
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [self._binaries / program, *map(str, arguments)],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **as_nobody,  # type: ignore[call-overload]
        )
        assert done.returncode == 0, f"{program}: see {self._folder}/log"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    found = shutil.which("initdb") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
    if found is None:
        pytest.skip("no PostgreSQL server here (apt-get install postgresql)")
    folder = Path("/tmp") / f"ecolake-pg-{os.getpid()}"  # pytest's folders are closed to other users
    folder.mkdir(mode=0o700)
    try:
        running = Postgres(folder, Path(found).resolve().parent)
        yield running
        running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    monkeypatch.setenv("HYDRO_DB", server.uri)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793059200")  # 2026-10-27T00:00:00Z
    server.execute(
        "DROP TABLE IF EXISTS levels",
        "CREATE TABLE levels (id int, updated_at timestamptz, value numeric(8, 3), note text)",
        "INSERT INTO levels VALUES (2, '2026-10-02 08:00+08', 4.125, '甲'), (1, '2026-10-02 08:00+08', NULL, '乙')",
        "INSERT INTO levels VALUES (3, '2026-10-03 08:00+08', 4.5, NULL)",
    )
    return server


Ask = Callable[..., list[Any]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """One fetch; what is delivered is kept under its name in ``landed``."""

    def fetch(killed: bool = False, limits: Limits = FAST, **settings: Any) -> list[Any]:
        given: dict[str, Any] = {
            "uri": "${HYDRO_DB}",
            "query": QUERY,
            "name": "levels_{after}.parquet",
            "cursor": CURSOR,
        } | settings
        rule = Database(**given)
        keeper = Keeper(tmp_path / "_cursor.json", rule.model_dump_json())
        found: list[Any] = []
        for answer in deliveries(
            rule, environment=Environment(), limits=limits, scratch=tmp_path / "work", keeper=keeper
        ):
            if isinstance(answer, Delivery):
                target = tmp_path / "landed" / answer.name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(answer.path.read_bytes())
            found.append(answer)
            if killed:
                break
        return found

    return fetch


def rows(tmp_path: Path, name: str) -> list[tuple[Any, ...]]:
    frame = pl.read_parquet(tmp_path / "landed" / name)
    return frame.with_columns(pl.col("updated_at").dt.strftime("%F %R%z")).rows()


def refusal(answers: list[Any]) -> Refusal:
    assert len(answers) == 1 and isinstance(answers[0], Refusal), answers
    return answers[0]


def test_rows_come_sorted_and_the_cursor_is_the_newest(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    found = ask()
    assert [(a.name, a.origin) for a in found] == [
        ("levels_20260930T230000.parquet", f"postgresql://127.0.0.1:{postgres.port}/postgres")
    ]
    assert rows(tmp_path, found[0].name) == [
        (1, "2026-10-02 00:00+0000", None),
        (2, "2026-10-02 00:00+0000", "4.125"),
        (3, "2026-10-03 00:00+0000", "4.500"),
    ]
    assert json.loads((tmp_path / "_cursor.json").read_text())["newest"] == "2026-10-03T00:00:00+00:00"
    assert not list((tmp_path / "work").iterdir())


def test_only_what_is_new_and_the_overlap_come_the_next_time(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    ask()
    # a slow transaction: committed later than what the cursor has seen, stamped earlier
    postgres.execute("INSERT INTO levels VALUES (4, '2026-10-03 07:30+08', 1, NULL), (5, '2026-10-04 08:00+08', 2, '')")
    assert [a.name for a in ask()] == ["levels_20261002T230000.parquet"]
    assert [r[0] for r in rows(tmp_path, "levels_20261002T230000.parquet")] == [4, 3, 5]


def test_the_same_rows_are_the_same_bytes_in_whatever_order_they_lie(postgres: Postgres, ask: Ask) -> None:
    first = ask(killed=True)
    postgres.execute(
        "CREATE TABLE again AS SELECT * FROM levels ORDER BY id DESC",
        "DROP TABLE levels",
        "ALTER TABLE again RENAME TO levels",
    )
    assert [a.signature for a in ask()] == [a.signature for a in first]


def test_a_run_killed_before_landing_fetches_the_same_again(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    first = ask(killed=True)
    assert not (tmp_path / "_cursor.json").exists()
    assert [(a.name, a.signature) for a in ask()] == [(a.name, a.signature) for a in first]


def test_nothing_new_is_unchanged(postgres: Postgres, ask: Ask) -> None:
    at_once = CURSOR.model_copy(update={"overlap_s": 0})
    assert len(ask(cursor=at_once)) == 1
    assert [type(a) for a in ask(cursor=at_once)] == [Unchanged]


def test_a_clock_ahead_of_its_time_does_not_move_the_cursor(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    postgres.execute("INSERT INTO levels VALUES (9, '2031-01-01 00:00+08', 1, NULL)")
    ask()
    kept = json.loads((tmp_path / "_cursor.json").read_text())["newest"]
    assert kept == "2026-10-03T00:00:00+00:00"


def test_an_integer_cursor_and_a_whole_table(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    by_id = Cursor(field="id", kind="integer", start="1")
    found = ask(query="SELECT id FROM levels WHERE id > :after", cursor=by_id, cursor_type="bigint")
    assert pl.read_parquet(tmp_path / "landed" / found[0].name).rows() == [(2,), (3,)]
    whole = ask(query="TABLE levels", cursor=None, name="all.parquet")
    assert pl.read_parquet(tmp_path / "landed" / whole[0].name).height == 3


def test_more_than_the_dataset_takes_is_refused(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    query = "SELECT md5(i::text) AS a, md5((i + 1)::text) AS b FROM generate_series(1, 50000) AS i"
    found = ask(query=query, cursor=None, name="big.parquet", limits=replace(FAST, max_bytes=1 << 20))
    assert refusal(found).code == "too_large"
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT 1 FROM nowhere", "query"),
        ("DELETE FROM levels RETURNING id", "query"),
        ("SELECT pg_sleep(9)::text AS s", "timeout"),
    ],
    ids=["wrong", "writing", "slow"],
)
def test_a_query_that_is_wrong_writes_or_takes_too_long(postgres: Postgres, ask: Ask, query: str, code: str) -> None:
    begun = time.monotonic()
    found = ask(query=query, cursor=None, name="x.parquet", limits=replace(FAST, total_s=0.5, attempts=1))
    assert refusal(found).code == code
    assert time.monotonic() - begun < 3


def test_a_connection_cut_in_the_middle_lands_nothing(postgres: Postgres, ask: Ask, tmp_path: Path) -> None:
    query = (
        "SELECT i, CASE WHEN i = 150000 THEN pg_terminate_backend(pg_backend_pid()) END AS x "
        "FROM generate_series(1, 200000) AS i"
    )
    found = ask(query=query, cursor=None, name="cut.parquet")
    assert refusal(found).code == "connection"
    assert "gave up after 2 attempt(s)" in refusal(found).message
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.parametrize("fault", ["wrong password", "down", "no database", "no address"])
def test_no_fault_shows_the_password(
    postgres: Postgres, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    uris = {
        "wrong password": postgres.uri.replace(PASSWORD, "wr0ng"),
        "down": postgres.uri.replace(str(postgres.port), "1"),
        "no database": postgres.uri.removesuffix("postgres") + "nowhere",
        "no address": f"host=127.0.0.1 user=lake password={PASSWORD}",
    }
    monkeypatch.setenv("HYDRO_DB", uris[fault])
    found = refusal(ask())
    codes = {"wrong password": "credentials", "down": "connection", "no database": "not_found"}
    assert found.code == codes.get(fault, "unusable_request")
    for secret in (PASSWORD, "wr0ng"):
        assert secret not in f"{found!r} {caplog.text}"
