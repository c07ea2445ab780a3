"""Publications: immutable folders of released numbers, and one pointer to the current one.

What belongs here: building, listing, checking, reading, comparing and switching publications, and walking from a number
back to the bytes it came from. What does not: computing numbers (dbt), deciding when to publish (orchestration).
See ``docs/decisions/0003-publications.md``.
"""

from catalog.publication.build import Outcome, build
from catalog.publication.diff import Diff, diff, write_csv
from catalog.publication.errors import (
    BusyError,
    PublicationError,
    QuestionError,
    TableRefusedError,
    UnknownPublicationError,
)
from catalog.publication.manifest import BatchFacts, CodeFacts, ColumnWords, FileFacts, Manifest, partition_name
from catalog.publication.plan import PublicationFacts, TableSpec
from catalog.publication.reader import Publication, connect, open_publication, publications
from catalog.publication.recompute import Rebuild, recompute
from catalog.publication.rollback import rollback
from catalog.publication.shelf import current_id, events
from catalog.publication.trace import Trace, trace
from catalog.publication.verify import Finding, Verification, verify

__all__ = [
    "BatchFacts",
    "BusyError",
    "CodeFacts",
    "ColumnWords",
    "Diff",
    "FileFacts",
    "Finding",
    "Manifest",
    "Outcome",
    "Publication",
    "PublicationError",
    "PublicationFacts",
    "QuestionError",
    "Rebuild",
    "TableRefusedError",
    "TableSpec",
    "Trace",
    "UnknownPublicationError",
    "Verification",
    "build",
    "connect",
    "current_id",
    "diff",
    "events",
    "open_publication",
    "partition_name",
    "publications",
    "recompute",
    "rollback",
    "trace",
    "verify",
    "write_csv",
]
