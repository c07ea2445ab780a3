"""Make another publication the current one, on a person's word.

The publication is checked first: readers must not be sent to damaged numbers. The content that is left is remembered:
the next run does not bring back by itself what a person put away (``shelf.withheld_hashes``).
"""

from __future__ import annotations

from datetime import datetime

from catalog.lake import Lake
from catalog.publication import shelf
from catalog.publication.errors import PublicationError
from catalog.publication.reader import Publication, open_publication
from catalog.publication.verify import Progress, verify


def rollback(
    lake: Lake, publication: str, *, by: str, reason: str, at: datetime, progress: Progress | None = None
) -> Publication:
    """Check ``publication``, record who and why, and point ``current`` to it.

    Core and landing are not read: a publication stands on its own, and this must work when they are damaged.

    Raises:
        PublicationError: unknown, damaged, or current already.
    """
    with shelf.writing(lake):
        chosen = open_publication(lake, publication)
        before = shelf.current_id(lake)
        if chosen.id == before:
            raise PublicationError(f"{chosen.id} is the current publication already")
        checked = verify(lake, chosen.id, inputs=False, progress=progress)
        if not checked.ok:
            first = checked.findings[0]
            raise PublicationError(
                f"{chosen.id} is damaged, nothing was switched: {first.path} ({first.holds}): {first.detail}; "
                f"{len(checked.findings)} fault(s), see: ecolake verify {chosen.id}"
            )
        event = shelf.Event(
            at=at,
            action="rollback",
            publication=chosen.id,
            before=before,
            content_hash_before=_content_hash(lake, before),
            by=by,
            reason=reason,
        )
        shelf.point(lake, event)
    return chosen


def _content_hash(lake: Lake, publication: str | None) -> str | None:
    """Content hash of the publication that is left; None when it can no longer be read, which is why one leaves."""
    try:
        return Publication(lake.publications / publication).manifest.content_hash if publication else None
    except PublicationError:
        return None
