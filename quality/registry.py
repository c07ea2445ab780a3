"""The registry of tests, ``tests.csv``: every test that may raise a flag or judge a batch, what it does and why.

Does not belong here: running a test (``door``, ``context``, ``gate``) or what a person said (``flags``).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTRY = Path(__file__).parent / "tests.csv"
LEVELS = ("row", "context", "batch", "person")
EFFECTS = ("exclude", "inform", "lift")


@dataclass(frozen=True)
class Test:
    """One test.

    ``effect``: exclude = the value is not used; inform = it is, and the flag is shown; lift = automatic flags are taken
    off.
    """

    __test__ = False  # not a pytest class

    test: str
    version: str
    level: str
    effect: str
    zh: str
    en: str
    why: str


@cache
def tests() -> dict[str, Test]:
    """All tests by name. Raises ValueError for an unknown level or effect, or a name that stands twice."""
    found: dict[str, Test] = {}
    with REGISTRY.open(encoding="utf-8", newline="") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            test = Test(**row)
            if test.test in found or test.level not in LEVELS or test.effect not in EFFECTS:
                raise ValueError(
                    f"quality/tests.csv line {line}: {test.test!r} stands twice, or its level {test.level!r} is not of "
                    f"{LEVELS}, or its effect {test.effect!r} not of {EFFECTS}"
                )
            found[test.test] = test
    return found


def tests_of(*levels: str) -> dict[str, Test]:
    """The tests of some levels, in the registry's order."""
    return {name: test for name, test in tests().items() if test.level in levels}
