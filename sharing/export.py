"""Export one feed: policy, package, log, in this order; nothing lies in its place before the log says so.

Does not belong here: each of the three (``policy``, ``package``, ``log``), or what a person types
(``orchestration.cli_export``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from catalog.lake import Lake
from catalog.publication.errors import PublicationError
from catalog.publication.manifest import Level
from catalog.publication.reader import Publication, open_publication
from sharing import log
from sharing.errors import FeedError, RefusedError
from sharing.feed import Feed, Feeds
from sharing.package import Package, drafted, put_in_place
from sharing.policy import grant

ZONE = ZoneInfo("Asia/Shanghai")
LevelsToday = Callable[[str], Mapping[str, Level]]


def export(
    lake: Lake,
    feeds: Feeds,
    name: str,
    *,
    out: Path,
    at: datetime,
    by: str,
    publication: str | None = None,
    levels_today: LevelsToday = lambda table: {},
) -> Package:
    """Write the package of a feed below ``out/<feed>/`` and log it; a refusal is logged too. One export at a time.

    ``levels_today``: table → column → level as the catalog states it now; it may be higher than when it was published.

    Raises:
        FeedError: no such feed, or its card is wrong.
        RefusedError: the policy does not let it go.
        PublicationError: no such publication, or it cannot be read.
        LogError: the log cannot be written; nothing was put in place.
    """
    entry = log.Entry(at=at, by=by, feed=name, outcome="refused", publication=publication or "")
    with log.alone(lake):
        try:
            feed = feeds.find(name)
            entry = replace(entry, recipient=feed.recipient.zh, agreement=feed.agreement.reference)
            entry = replace(entry, table=feed.table, columns=feed.columns)
            source = open_publication(lake, publication)
            entry = replace(entry, publication=source.id)
            return _export(lake, feed, source, entry, out=out, levels=levels_today(feed.table))
        except (FeedError, RefusedError, PublicationError) as error:
            log.append(lake, replace(entry, reason=str(error)))
            raise
        except (duckdb.Error, OSError) as error:
            reason = f"cannot be read or written: {str(error).splitlines()[0]}; see also: ecolake verify"
            log.append(lake, replace(entry, reason=reason))
            raise RefusedError(reason) from error


def _export(
    lake: Lake, feed: Feed, source: Publication, entry: log.Entry, *, out: Path, levels: Mapping[str, Level]
) -> Package:
    today = entry.at.astimezone(ZONE).date()
    with source.connect() as connection:
        given = grant(feed, source, connection, today=today, levels_today=levels)
        with drafted(entry.feed, given, source, connection, out) as (package, draft):
            granted = replace(entry, outcome="granted", level=given.highest, rows=package.rows)
            # Logged first: a crash between the two leaves a line without a package, never a package without a line.
            log.append(lake, replace(granted, package=package.seal, folder=str(package.folder)))
            put_in_place(package, draft)
    return package
