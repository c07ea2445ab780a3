"""Where everything lies: the folders of a lake, and how a file gets into one whole or not at all.

Knows paths and atomic writes only; what is inside a file belongs to the zone that writes it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENV_LAKE = "ECOLAKE_LAKE"
DEFAULT_ROOT = Path("lake")


@dataclass(frozen=True)
class Lake:
    """The zones of one lake below ``root``; see ``docs/lake.md`` for the picture."""

    root: Path

    @classmethod
    def from_env(cls) -> Lake:
        """The lake named by ``ECOLAKE_LAKE``, else ``./lake``."""
        return cls(Path(os.environ.get(ENV_LAKE, str(DEFAULT_ROOT))).resolve())

    def landing(self, dataset: str) -> Path:
        """Bytes exactly as received."""
        return self.root / "landing" / dataset

    def core(self, dataset: str) -> Path:
        """Typed batch files and their commit records."""
        return self.root / "core" / dataset

    def quarantine(self, dataset: str) -> Path:
        """Rows that could not be typed or keyed, and duplicates, with their reason."""
        return self.root / "quarantine" / dataset

    def flags(self, dataset: str) -> Path:
        """What tests and people said about accepted rows."""
        return self.root / "flags" / dataset

    @property
    def publications(self) -> Path:
        """Released numbers, immutable."""
        return self.root / "publications"

    @property
    def inbox(self) -> Path:
        """Where a person or a job drops files: ``inbox/<dataset>/``."""
        return self.root / "inbox"

    @property
    def work(self) -> Path:
        """Scratch: may be deleted at any time, is rebuilt by the next run."""
        return self.root / "work"

    @property
    def reports(self) -> Path:
        """Data docs and run reports written for people."""
        return self.root / "reports"


def fsync_dir(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary sibling of ``target``; on success it is fsynced and renamed to ``target``.

    A crash leaves at most a ``.tmp-*`` file that nobody reads.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".tmp-{os.getpid()}-{secrets.token_hex(4)}-{target.name}"
    try:
        yield temporary
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(target)
        fsync_dir(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(target: Path, payload: Any) -> None:
    """Write ``payload`` atomically as sorted, indented JSON: same content, same bytes."""
    with atomic_path(target) as temporary:
        temporary.write_text(canonical_json(payload) + "\n", encoding="utf-8")


def canonical_json(payload: Any) -> str:
    """One text per content: sorted keys, no ASCII escapes."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, indent=1)
