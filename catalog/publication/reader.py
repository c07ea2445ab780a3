"""How pages and analysts read a publication: resolve the pointer once, then hold on to the real folder.

A publication never changes, so a connection to it stays true while newer ones appear; ``shelf.current_id`` tells
cheaply whether there is one. Does not belong here: anything that writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from catalog.lake import Lake
from catalog.publication import shelf
from catalog.publication.engine import OFFLINE, name, parquet, text
from catalog.publication.manifest import DUCKDB, Manifest, Partition, Table, read_manifest
from catalog.publication.restate import ZONE


@dataclass(frozen=True)
class Publication:
    """One publication, by its real folder."""

    folder: Path

    @property
    def id(self) -> str:
        """``<built at, UTC>-<first 8 characters of the content hash>``."""
        return self.folder.name

    @cached_property
    def manifest(self) -> Manifest:
        """What it says about itself; read once."""
        return read_manifest(self.folder)

    @property
    def simulated(self) -> bool:
        """True when any input is simulated: every page and export must say so."""
        return self.manifest.simulated

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection: the tables of ecolake.duckdb, and views for what is only in Parquet.

        A table that is wholly in Parquet is a view of its name; the hourly part of ``indicator_values`` is
        ``indicator_values_hour``. Instants are shown on the province's clock.
        """
        connection = duckdb.connect(self.folder / DUCKDB, read_only=True, config=OFFLINE)
        connection.execute(f"SET TimeZone = {text(ZONE)}")
        for table in self.manifest.tables:
            for view, partitions in parquet_views(table).items():
                files = parquet(self.folder / p.path for p in partitions)
                connection.execute(f"CREATE TEMP VIEW {name(view)} AS FROM {files}")
        return connection


def parquet_views(table: Table) -> dict[str, list[Partition]]:
    """View name → the partitions it shows, for what is not in ecolake.duckdb."""
    views: dict[str, list[Partition]] = {}
    for partition in table.partitions:
        if not partition.in_duckdb:
            first = next(iter(partition.values.values()), "")
            views.setdefault(f"{table.name}_{first}" if table.in_duckdb else table.name, []).append(partition)
    return views


def open_publication(lake: Lake, publication: str | None = None) -> Publication:
    """A publication by id (or an unambiguous part of it), by default the current one.

    Raises:
        UnknownPublicationError: none such.
    """
    return Publication(shelf.find(lake, publication))


def connect(lake: Lake, publication: str | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a publication; see :meth:`Publication.connect`."""
    return open_publication(lake, publication).connect()


def publications(lake: Lake) -> list[Publication]:
    """All publications, oldest first."""
    return [Publication(lake.publications / each) for each in shelf.publication_ids(lake)]
