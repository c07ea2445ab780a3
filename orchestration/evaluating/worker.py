"""A process that evaluates the series it is handed: ``python -m orchestration.evaluating.worker`` (tasks on stdin).

A process of its own rather than one of ``multiprocessing``: that would run the caller's main module again, whatever it
is (a test runner's, Dagster's). Does not belong here: evaluating one series (``one``), which ones (``pipeline``).
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from catalog.lake import Lake
from orchestration.evaluating.code import ROOT
from orchestration.evaluating.inputs import Task

# One thread a process: the processes share the cores, and no digit may depend on the number of threads.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}


class EvaluationError(RuntimeError):
    """A worker ended before its series were evaluated; what it said is in the message."""


def spread(lake: Lake, tasks: Sequence[Task], workers: int) -> Iterator[str]:
    """Evaluate the tasks in so many processes; yields the key of each series when it is done.

    Raises:
        EvaluationError: a worker failed. What the others have evaluated is kept.
    """
    done: SimpleQueue[str | EvaluationError | None] = SimpleQueue()
    with ExitStack() as stack:
        for first in range(workers):
            process = stack.enter_context(_start())
            stack.callback(process.kill)
            Thread(target=_hand_over, args=(process, lake, tasks[first::workers], done), daemon=True).start()
        running = workers
        while running:
            said = done.get()
            if isinstance(said, EvaluationError):
                raise said
            if said is None:
                running -= 1
            else:
                yield said


def _start() -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.evaluating.worker"],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env={**os.environ, **ENVIRONMENT},
        cwd=ROOT,
    )


def _hand_over(
    process: subprocess.Popen[bytes],
    lake: Lake,
    share: Sequence[Task],
    done: SimpleQueue[str | EvaluationError | None],
) -> None:
    """Send a worker its share, pass on what it says."""
    assert process.stdin and process.stdout and process.stderr
    try:
        pickle.dump((str(lake.root), list(share)), process.stdin)
        process.stdin.close()
        for line in process.stdout:
            done.put(line.decode().strip())
        told = process.stderr.read().decode(errors="replace")
        failed = process.wait() != 0
    except (OSError, ValueError) as error:
        failed, told = True, str(error)
    done.put(EvaluationError(f"a worker of the evaluation ended: {told.strip()[-2000:]}") if failed else None)


def main() -> None:
    """Evaluate what is handed over on stdin; a line on stdout for each series."""
    from orchestration.evaluating.one import evaluate_one  # noqa: PLC0415 - the parent needs no LightGBM

    root, tasks = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the parent, nobody else
    for task in tasks:
        evaluate_one(Lake(Path(root)), task)
        sys.stdout.write(f"{task.series_key}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
