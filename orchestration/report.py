"""What a run tells: progress bars for people, JSON lines for machines, and what it refused, for the exit code.

Does not belong here: doing any of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from ingest.landing import now

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Note:
    """One line worth keeping: what happened to which thing."""

    level: Level
    step: str
    subject: str
    message: str


class Advance(Protocol):
    """Tell that ``count`` more of the step's things are done."""

    def __call__(self, count: int = 1, message: str = "") -> None:
        """Advance."""


@dataclass
class Log:
    """Collects notes; prints warnings and errors as they come, or everything as JSON lines."""

    as_json: bool = False
    quiet: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    notes: list[Note] = field(default_factory=list)
    _progress: Progress | None = None

    def note(self, level: Level, step: str, subject: str, message: str) -> None:
        """Keep and show one note."""
        self.notes.append(Note(level, step, subject, message))
        if self.as_json:
            self._line(level=level, step=step, subject=subject, message=message)
        elif level != "info" and not self.quiet:
            colour = "yellow" if level == "warning" else "red"
            console = self._progress.console if self._progress else Console(file=self.stream)
            console.print(f"[{colour}]{level}[/] {step} [bold]{subject}[/]: {message}", highlight=False)

    @contextmanager
    def step(self, name: str, total: int | None, *, zh: str = "") -> Iterator[Advance]:
        """Show one step with its count and rate."""
        if self.as_json or self.quiet:
            done = 0

            def count_only(count: int = 1, message: str = "") -> None:
                nonlocal done
                done += count

            yield count_only
            if self.as_json:
                self._line(level="info", step=name, done=done, total=total)
            return
        columns = (
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[message]}"),
        )
        with Progress(*columns, console=Console(file=self.stream)) as progress:
            self._progress = progress
            task: TaskID = progress.add_task(f"{name} {zh}".strip(), total=total, message="")

            def advance(count: int = 1, message: str = "") -> None:
                progress.update(task, advance=count, message=message[:60])

            try:
                yield advance
            finally:
                progress.update(task, message="")
                self._progress = None

    @property
    def troubles(self) -> list[Note]:
        """Everything that was refused, held or failed."""
        return [n for n in self.notes if n.level != "info"]

    def _line(self, **fields: object) -> None:
        self.stream.write(json.dumps({"at": now().isoformat(), **fields}, ensure_ascii=False) + "\n")
        self.stream.flush()
