"""Make a publication from a scratch database: one folder, appearing whole under its id, then one pointer.

Order of events: plan (nothing written) → files in ``.tmp-*`` → everything durable → rename to the id → pointer. Killed
anywhere, the next build starts over or finishes what is already whole. Does not belong here: what the tables mean, when
to publish, where the scratch comes from.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from catalog.lake import Lake, fsync_dir
from catalog.publication import shelf
from catalog.publication.database import About, write_database
from catalog.publication.engine import workshop
from catalog.publication.errors import PublicationError
from catalog.publication.files import settle, settle_folders
from catalog.publication.manifest import MANIFEST, Manifest
from catalog.publication.plan import (
    PublicationFacts,
    TablePlan,
    TableSpec,
    open_scratch,
    plan_tables,
    planned_content_hash,
)
from catalog.publication.reader import Publication
from catalog.publication.write import Job, Progress, write_tables


@dataclass(frozen=True)
class Outcome:
    """What came of a build: ``publication`` is the current one afterwards.

    built: a new publication. adopted: an earlier build was killed after it was whole, only the pointer was missing.
    unchanged: same content as the current one. withheld: a person rolled back from this very content.
    """

    publication: Publication
    kind: Literal["built", "adopted", "unchanged", "withheld"]
    reason: str


def build(
    lake: Lake,
    *,
    scratch: Path,
    tables: Sequence[TableSpec],
    facts: PublicationFacts,
    progress: Progress | None = None,
) -> Outcome:
    """Publish the tables of ``scratch``.

    ``progress(step, done, total)`` is called before each step.

    Raises:
        TableRefusedError: a table breaks its specification; nothing is published.
        BusyError: another process is publishing.
    """
    with shelf.writing(lake):
        spill, folder = shelf.temporary(lake), shelf.temporary(lake)
        connection = workshop(spill)
        try:
            open_scratch(connection, scratch)
            current = Publication(shelf.find(lake)) if shelf.current_id(lake) else None
            base = _comparable(current, facts)
            plans = plan_tables(connection, tables, facts.fingerprints, base[1] if base else None)
            content = planned_content_hash(plans)
            if (known := _already_there(lake, content, current, facts)) is not None:
                return known
            steps = sum(len(plan.partitions) for plan in plans) + 4
            job = Job(connection, folder, base, progress or (lambda step, done, total: None), steps)
            publication = _free_id(lake, facts.built_at, content)
            before = current.id if current else None
            _write(job, plans, facts, publication=publication, content=content, previous=before)
            published = folder.rename(lake.publications / publication)
            fsync_dir(lake.publications)
            job.progress("pointer", steps - 1, steps)
            shelf.point(lake, _event(facts, publication, current))
            job.progress("published", steps, steps)
            return Outcome(Publication(published), "built", "content differs from the publication before")
        finally:
            connection.close()
            for leftover in (spill, folder):
                shutil.rmtree(leftover, ignore_errors=True)


def _comparable(current: Publication | None, facts: PublicationFacts) -> tuple[Path, Manifest] | None:
    """The current publication, unless it speaks of another world (demo against live)."""
    if current is None:
        return None
    manifest = current.manifest
    same_world = (manifest.profile, manifest.simulated) == (facts.profile, facts.simulated)
    return (current.folder, manifest) if same_world else None


def _already_there(lake: Lake, content: str, current: Publication | None, facts: PublicationFacts) -> Outcome | None:
    """The outcome when nothing needs to be written."""
    if current is None:
        before = None
    else:
        before = current.id
        if current.manifest.content_hash == content and _comparable(current, facts):
            return Outcome(current, "unchanged", f"same content as {current.id}: nothing to publish")
        if (event := shelf.withheld_hashes(lake).get(content)) is not None:
            reason = (
                f"this is the content of {event.before}, from which {event.by} rolled back "
                f"({event.reason or 'no reason given'}); to lift that: ecolake rollback {event.before}"
            )
            return Outcome(current, "withheld", reason)
    for found in shelf.publication_ids(lake):
        if not found.endswith(content[:8]) or found == before:
            continue
        orphan = Publication(lake.publications / found)
        try:
            whole = (orphan.manifest.content_hash, orphan.manifest.previous) == (content, before)
        except PublicationError:
            continue
        if whole and _comparable(orphan, facts):
            shelf.point(lake, _event(facts, found, current))
            return Outcome(orphan, "adopted", f"{found} was complete already; only the pointer was missing")
    return None


def _event(facts: PublicationFacts, publication: str, current: Publication | None) -> shelf.Event:
    return shelf.Event(
        at=facts.built_at,
        action="publish",
        publication=publication,
        before=current.id if current else None,
        content_hash_before=current.manifest.content_hash if current else None,
        by=facts.by,
        reason="",
    )


def _free_id(lake: Lake, built_at: datetime, content: str) -> str:
    """``<built at>-<content>``; a second publication in one second counts it up, so that ids sort as they were made."""
    stamp = built_at.astimezone(UTC)
    while any(lake.publications.glob(f"{stamp:%Y%m%dT%H%M%SZ}-*")):
        stamp += timedelta(seconds=1)
    return f"{stamp:%Y%m%dT%H%M%SZ}-{content[:8]}"


def _write(
    job: Job,
    plans: Sequence[TablePlan],
    facts: PublicationFacts,
    *,
    publication: str,
    content: str,
    previous: str | None,
) -> None:
    """All files of the publication, the manifest last."""
    job.folder.mkdir()
    tables, changes = write_tables(job, plans)
    job.progress("ecolake.duckdb", job.steps - 4, job.steps)
    about = About(
        id=publication,
        content_hash=content,
        built_at=facts.built_at.isoformat(),
        as_of=facts.as_of.isoformat(),
        previous=previous,
        profile=facts.profile,
        simulated=facts.simulated,
        code_commit=facts.code.commit,
        code_dirty=facts.code.dirty,
        package_version=facts.code.version,
        editions=", ".join(sorted(facts.editions)),
    )
    database = write_database(job.connection, job.folder, tables, about, job.base)
    job.progress("manifest.json", job.steps - 3, job.steps)
    manifest = Manifest(
        id=publication,
        content_hash=content,
        built_at=facts.built_at,
        as_of=facts.as_of,
        previous=previous,
        profile=facts.profile,
        simulated=facts.simulated,
        code=facts.code,
        editions=tuple(sorted(facts.editions)),
        changes=changes,
        tables=tuple(tables),
        duckdb=database,
        batches=tuple(sorted(facts.batches, key=lambda batch: (batch.dataset, batch.batch))),
    )
    path = job.folder / MANIFEST
    path.write_text(manifest.to_text(), encoding="utf-8")
    settle(path)
    settle_folders(job.folder)
    job.progress("rename", job.steps - 2, job.steps)
