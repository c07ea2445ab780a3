"""Core zone: typed rows in batch files, made visible by one commit record per batch.

A batch is what one landed object became under one build of its parser. Its files carry its name, so writing it again
is a no-op; a reader sees the files only through the commit record, which is written last. Does not belong here:
what makes a row acceptable (``quality.door``) and what the rows mean (``dbt_project``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from catalog.lake import Lake, atomic_path, write_json
from ingest.card import Card
from ingest.landing import LandedObject
from ingest.parsing import DRIFT_SCHEMA, EXTRA_SCHEMA

# zstd level 1: on 27 M observations level 3 saved 4 % of disk for 30 % more time
ZSTD_LEVEL = 1
ROW_GROUP_ROWS = 262_144
COUNT_NAMES = ("accepted", "quarantined", "duplicates")


class ReconciliationError(RuntimeError):
    """Rows in ≠ accepted + quarantined + duplicates: a row was lost or made, the batch must not be committed."""


@dataclass(frozen=True)
class BatchFile:
    """One file of a batch, relative to the lake's root."""

    path: str
    kind: str  # core | quarantine | flags | extra (cells of columns no card speaks of)
    month: str | None
    rows: int
    sha256: str


@dataclass(frozen=True)
class Batch:
    """Commit record of a batch: where it came from, what became of every row, which files hold them."""

    name: str
    dataset: str
    object_sha256: str
    object_name: str
    object_key: str
    build: str
    received_at: datetime
    status: str  # accepted | unreadable
    rows_in: int
    counts: dict[str, int]
    reasons: dict[str, int]
    first_at: datetime | None = None
    last_at: datetime | None = None
    message: str | None = None
    drift: tuple[dict[str, str], ...] = ()
    files: tuple[BatchFile, ...] = field(default_factory=tuple)

    @property
    def months(self) -> list[str]:
        """Partitions this batch has rows in."""
        return sorted({f.month for f in self.files if f.month is not None})

    def to_json(self) -> dict[str, Any]:
        """Plain values for the commit record."""
        record = asdict(self)
        for name in ("received_at", "first_at", "last_at"):
            record[name] = record[name].isoformat() if record[name] else None
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Batch:
        """The inverse of :meth:`to_json`."""
        for name in ("received_at", "first_at", "last_at"):
            record[name] = datetime.fromisoformat(record[name]) if record[name] else None
        record["drift"] = tuple(record.get("drift", ()))
        record["files"] = tuple(BatchFile(**f) for f in record["files"])
        return cls(**record)


@dataclass(frozen=True)
class Admission:
    """What the lake door decided about one object: typed rows, flags on them, and the rows turned away.

    ``drift`` and ``extra``: how its columns differ from the card, and the cells that were set aside for it.
    """

    rows: pl.DataFrame
    flags: pl.DataFrame
    rejects: pl.DataFrame
    rows_in: int
    drift: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DRIFT_SCHEMA))
    extra: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXTRA_SCHEMA))

    def counts(self) -> dict[str, int]:
        """Rows by fate; Raises ReconciliationError unless they add up to ``rows_in``."""
        fates = dict(self.rejects.group_by("fate").len().iter_rows())
        counts = {
            "accepted": self.rows.height,
            "quarantined": int(fates.get("quarantined", 0)),
            "duplicates": int(fates.get("duplicate", 0)),
        }
        if (out := sum(counts.values())) != self.rows_in:
            raise ReconciliationError(f"{self.rows_in} rows in, {out} accounted for: {counts}")
        return counts


class CoreZone:
    """The core zone of one dataset."""

    def __init__(self, lake: Lake, card: Card, door_version: str) -> None:
        self._lake = lake
        self._card = card
        self._records = lake.core(card.id) / "_batches"
        self.build = hashlib.sha256(f"{card.build_id()}\0{door_version}".encode()).hexdigest()[:12]

    def batch_name(self, landed: LandedObject) -> str:
        """``<object>-<build>``: the same bytes under the same parser are the same batch."""
        return f"{landed.key}-{self.build[:8]}"

    def is_committed(self, landed: LandedObject) -> bool:
        """True when this object was parsed by this build, whatever came of it."""
        return (self._records / f"{self.batch_name(landed)}.json").exists()

    def commit(self, landed: LandedObject, admission: Admission) -> Batch:
        """Write rows, flags and rejects, then the record that makes them visible.

        Raises:
            ReconciliationError: the rows do not add up; nothing becomes visible.
        """
        counts = admission.counts()
        name = self.batch_name(landed)
        rows = admission.rows.with_columns(
            batch=pl.lit(name), received_at=pl.lit(landed.received_at).cast(pl.Datetime("us", "UTC"))
        )
        files = [
            self._write(part.drop("month"), "core", f"month={month}/{name}.parquet", month)
            for (month,), part in rows.partition_by("month", as_dict=True, maintain_order=True).items()
        ]
        if admission.flags.height:
            files.append(self._write(admission.flags.with_columns(batch=pl.lit(name)), "flags", f"{name}.parquet"))
        if admission.rejects.height:
            rejects = admission.rejects.with_columns(batch=pl.lit(name))
            files.append(self._write(rejects, "quarantine", f"{name}.parquet"))
        if admission.extra.height:
            extra = admission.extra.with_columns(batch=pl.lit(name))
            files.append(self._write(extra, "extra", f"columns/{name}.parquet"))
        starts = rows.get_column("interval_start_at") if "interval_start_at" in rows.columns else None
        record = self._record(landed, "accepted", admission.rows_in, counts)
        record = replace(
            record,
            reasons=dict(sorted(admission.rejects.group_by("reason").len().iter_rows())),
            first_at=_as_datetime(starts.min()) if starts is not None and len(starts) else None,
            last_at=_as_datetime(rows.get_column("interval_end_at").max())
            if starts is not None and len(starts)
            else None,
            drift=tuple(admission.drift.to_dicts()),
            files=tuple(files),
        )
        write_json(self._records / f"{name}.json", record.to_json())
        return record

    def commit_unreadable(self, landed: LandedObject, code: str, message: str) -> Batch:
        """Record that an object as a whole could not be read; its bytes stay in the landing zone."""
        record = replace(
            self._record(landed, "unreadable", 0, dict.fromkeys(COUNT_NAMES, 0)),
            reasons={code: 1},
            message=message,
        )
        write_json(self._records / f"{record.name}.json", record.to_json())
        return record

    def batches(self) -> list[Batch]:
        """All commit records, of every build, oldest knowledge first."""
        return read_batches(self._lake, self._card.id)

    def _record(self, landed: LandedObject, status: str, rows_in: int, counts: dict[str, int]) -> Batch:
        return Batch(
            name=self.batch_name(landed),
            dataset=self._card.id,
            object_sha256=landed.sha256,
            object_name=landed.name,
            object_key=landed.key,
            build=self.build,
            received_at=landed.received_at,
            status=status,
            rows_in=rows_in,
            counts=counts,
            reasons={},
        )

    def _write(self, frame: pl.DataFrame, kind: str, relative: str, month: str | None = None) -> BatchFile:
        zones = {"core": self._lake.core, "flags": self._lake.flags}
        folder = zones.get(kind, self._lake.quarantine)
        target = folder(self._card.id) / relative
        with atomic_path(target) as temporary:
            frame.write_parquet(
                temporary, compression="zstd", compression_level=ZSTD_LEVEL, row_group_size=ROW_GROUP_ROWS
            )
            sha256 = file_sha256(temporary)
        return BatchFile(str(target.relative_to(self._lake.root)), kind, month, frame.height, sha256)


def read_batches(lake: Lake, dataset: str) -> list[Batch]:
    """All commit records of a dataset, oldest knowledge first; ties end in the name."""
    records = (lake.core(dataset) / "_batches").glob("*.json")
    batches = (Batch.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in records)
    return sorted(batches, key=lambda b: (b.received_at, b.name))


def live_batches(batches: Iterable[Batch], current_build: str, as_of: datetime | None = None) -> list[Batch]:
    """The batches a reader should see: per published file name the newest object, as the current build parsed it.

    A provider that corrects a file replaces it whole: what the newer object no longer holds is withdrawn. ``as_of``
    leaves out what was received later: the lake as it was known at that instant.
    """
    chosen: dict[str, Batch] = {}
    for batch in sorted(batches, key=lambda b: (b.received_at, b.object_key, b.build == current_build, b.name)):
        if batch.status == "accepted" and (as_of is None or batch.received_at <= as_of):
            chosen[batch.object_name] = batch
    return sorted(chosen.values(), key=lambda b: (b.received_at, b.name))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read in chunks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _as_datetime(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None
