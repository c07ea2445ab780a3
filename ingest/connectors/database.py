"""Rows of a query, as one Parquet file: the same rows give the same bytes.

PostgreSQL over ADBC; rows come sorted (cursor, then the whole row as text), in batches, and go to ``scratch`` as they
come. One statement sees one state of the tables, so a result cannot change while it is read. Does not belong here:
what a row means (parsers), where a cursor is kept (``cursors``).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import adbc_driver_postgresql.dbapi as postgresql
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_postgresql import StatementOptions

from ingest.connectors.addresses import file_name, redacted
from ingest.connectors.cursors import Keeper, Position, asked_from, in_name, newest, plain
from ingest.connectors.environment import Environment
from ingest.connectors.files import OWN_DISK
from ingest.connectors.http import Unchanged
from ingest.connectors.limits import Limits, RetryableError, persistently
from ingest.connectors.refusing import RefusedError, shown, too_large
from ingest.core import file_sha256
from ingest.delivery import Cursor, Database
from ingest.landing import Delivery, Refusal, now

SCHEMES = ("postgresql", "postgres")
AFTER = re.compile(r"(?<!:):after\b")
# SQLSTATE classes: connection lost, resources short, operator intervened (restart), rollback by conflict
PASSING = ("08", "53", "57P", "40")
PASSWORD_FAULTS = ("28",)
TOO_SLOW = "57014"
LOGIN_REFUSED = ("authentication failed", "no pg_hba.conf entry", "no password supplied")
NO_DATABASE = re.compile(r'database ".*" does not exist')
# a batch in memory; rows of a batch make one row group
BATCH_BYTES = 16 << 20


def deliveries(
    settings: Database, *, environment: Environment, limits: Limits, scratch: Path, keeper: Keeper
) -> Iterator[Delivery | Unchanged | Refusal]:
    """The result as one file, ``Unchanged`` when nothing lies behind the cursor, or why there is none.

    The cursor is saved when the caller comes back for more, having landed the file.
    """
    origin = "database"
    target = scratch / "result.parquet"
    try:
        uri = environment.secret(settings.uri)
        origin = _origin(uri)
        position = keeper.load(settings.cursor) if settings.cursor else None
        after = asked_from(settings.cursor, position) if settings.cursor and position is not None else None
        scratch.mkdir(parents=True, exist_ok=True)
        result = _Result(settings, _bounded(uri, limits), environment, limits, target)
        last = persistently(lambda: result.fetch(after), limits)
        if settings.cursor and result.rows == 0:
            yield Unchanged(settings.name, origin, in_name(position))
            return
        name = file_name(origin, settings.name, now(), after=in_name(after))
        yield Delivery(name, origin, file_sha256(target), target)
        if settings.cursor and position is not None:
            keeper.save(newest(settings.cursor, position, last))
    except RefusedError as error:
        yield Refusal(settings.name, origin, error.code, environment.scrub(f"{shown(origin)}: {error.message}"))
    finally:
        target.unlink(missing_ok=True)


class _Result:
    """One query's rows on their way to a file."""

    def __init__(self, settings: Database, uri: str, environment: Environment, limits: Limits, target: Path) -> None:
        self._settings = settings
        self._uri = uri
        self._environment = environment
        self._limits = limits
        self._target = target
        self.rows = 0

    def fetch(self, after: Position | None) -> list[object]:
        """Write the rows; returns the values of the cursor that are the largest of each batch."""
        try:
            with closing(postgresql.connect(self._uri)) as connection, closing(connection.cursor()) as cursor:
                self._prepare(cursor)
                timer = threading.Timer(self._limits.total_s, connection.adbc_cancel)
                timer.daemon = True
                timer.start()
                try:
                    cursor.execute(self._statement(), [plain(after)] if after is not None else None)
                    with closing(cursor.fetch_record_batch()) as batches:
                        return self._write(batches)
                finally:
                    timer.cancel()
        except (postgresql.Error, pa.ArrowException) as error:  # Arrow's, when it comes in the middle of the rows
            raise self._failure(error) from error
        except OSError as error:  # Arrow says so too; what has a number is our own disk
            if error.errno is not None and error.errno in OWN_DISK:
                raise
            raise self._failure(error) from error

    def _prepare(self, cursor: Any) -> None:
        """Read only, one time zone, and a server that gives up when we would."""
        cursor.adbc_statement.set_options(**{postgresql_option("BATCH_SIZE_HINT_BYTES"): str(BATCH_BYTES)})
        for setting in (
            "SET default_transaction_read_only = on",
            "SET TIME ZONE 'UTC'",
            f"SET statement_timeout = {int(self._limits.total_s * 1000)}",
        ):
            cursor.execute(setting)

    def _statement(self) -> str:
        settings = self._settings
        query = AFTER.sub(f"CAST($1 AS {settings.cursor_type})", settings.query.strip().rstrip(";"))
        by_cursor = f'feed."{settings.cursor.field}", ' if settings.cursor is not None else ""
        return f'SELECT * FROM ({query}) AS feed ORDER BY {by_cursor}CAST(feed AS text) COLLATE "C"'

    def _write(self, batches: Any) -> list[object]:
        cursor = self._settings.cursor
        self.rows, last = 0, list[object]()
        with pq.ParquetWriter(self._target, batches.schema, compression="zstd") as writer:
            for batch in batches:
                if batch.num_rows == 0:
                    continue
                writer.write_batch(batch)
                self.rows += batch.num_rows
                if cursor is not None:
                    last.append(_newest_of(batch.column(cursor.field), cursor))
                if self._target.stat().st_size > self._limits.max_bytes:
                    raise too_large(self._settings.name, None, self._limits.max_bytes)
        if self._target.stat().st_size > self._limits.max_bytes:
            raise too_large(self._settings.name, None, self._limits.max_bytes)
        return last

    def _failure(self, error: Exception) -> RefusedError:
        """What the server said, by its SQLSTATE; a refused login has only words."""
        state = getattr(error, "sqlstate", None) or ""
        raw, said = str(error), self._words(error)
        if state.startswith(PASSWORD_FAULTS) or any(words in raw for words in LOGIN_REFUSED):
            return RefusedError("credentials", f"the database refuses this user: check the variable of uri ({said})")
        if state == TOO_SLOW or "canceling statement" in raw:
            return RefusedError("timeout", f"the query did not end within {self._limits.total_s:g} s")
        if not state and NO_DATABASE.search(raw):
            return RefusedError("not_found", f"no such database: check the variable of uri ({said})")
        if state and not state.startswith(PASSING):
            return RefusedError("query", f"the database refuses the query: {said}")
        return RetryableError("connection", f"no connection, or a broken one: {said}")

    def _words(self, error: BaseException) -> str:
        said = self._environment.scrub(" ".join(str(error).split()))
        return shown(said.rpartition("failed: ")[2])  # libpq says the address first, at length


def _newest_of(column: Any, rule: Cursor) -> object:
    """The largest value of a batch's cursor column that is not of the future, None without one."""
    values = pl.Series(column)
    if values.dtype.is_temporal():
        instants = values.cast(pl.Datetime("us", getattr(values.dtype, "time_zone", None)))
        zoned = instants if instants.dtype == pl.Datetime("us", "UTC") else instants.dt.replace_time_zone(rule.zone)
        values = zoned.filter(zoned <= now())
    return values.max()


def postgresql_option(name: str) -> str:
    """The driver's name of a statement option."""
    return str(StatementOptions[name].value)


def _origin(uri: str) -> str:
    """The address without user and password; nothing of what is no address."""
    if urlsplit(uri).scheme not in SCHEMES:
        raise RefusedError("unusable_request", f"uri is no {SCHEMES[0]}://user:password@host:port/database")
    return redacted(uri)


def _bounded(uri: str, limits: Limits) -> str:
    """``uri`` with time-outs of the connection, unless it sets them."""
    parts = urlsplit(uri)
    ours = {
        "connect_timeout": str(max(2, round(limits.connect_s))),  # libpq takes less than 2 for 2
        "tcp_user_timeout": str(int(limits.read_s * 1000)),
        "application_name": "ecolake",
    }
    query = ours | dict(parse_qsl(parts.query))
    return urlunsplit(parts._replace(query=urlencode(query)))
