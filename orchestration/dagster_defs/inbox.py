"""What lies in the inbox, and whether somebody is still writing there.

Reads names, sizes and times only. Does not belong here: taking the files in (``ingest.connectors``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ingest.connectors.files import PARTIAL_SUFFIXES

# Copying programs write at least every second; a file at rest for five is complete, or its copying has failed.
SETTLING = timedelta(seconds=5)


@dataclass(frozen=True)
class Inbox:
    """Path below the inbox → signature of each file, and those that changed a moment ago."""

    files: dict[str, str]
    being_written: tuple[str, ...]

    def news(self, seen: dict[str, str]) -> list[str]:
        """Files that are new or changed since ``seen``, sorted."""
        return sorted(name for name, signature in self.files.items() if seen.get(name) != signature)


def look(folder: Path, now_seconds: float) -> Inbox:
    """The inbox at this moment; hidden and partial files are passed over, as they are when files are taken in."""
    files: dict[str, str] = {}
    being_written: list[str] = []
    for path in _files(folder):
        try:
            status = path.stat()
        except FileNotFoundError:  # taken away while we looked
            continue
        name = path.relative_to(folder).as_posix()
        files[name] = f"{status.st_size}-{status.st_mtime_ns}"
        # A time in the future is another computer's clock, not a file still growing.
        if abs(now_seconds - status.st_mtime) < SETTLING.total_seconds():
            being_written.append(name)
    return Inbox(files, tuple(being_written))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not is_hidden and not path.name.lower().endswith(PARTIAL_SUFFIXES) and path.is_file():
            yield path
