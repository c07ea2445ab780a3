"""Which code and libraries decide a result: the modules behind the evaluation, read from their text, and one hash.

Imported wherever it is asked what was computed by which code, so nothing heavy is. Does not belong here: the data's
part of a result's hash (``inputs``).
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_IMPORT = re.compile(r"^from (evaluation|orchestration\.evaluating)([\w.]*) import ([\w, ]+|\()", re.MULTILINE)
# Libraries whose version may decide a digit of an evaluation.
PACKAGES = ("lightgbm", "numba", "numpy", "polars", "scikit-learn", "scipy")


def code_hash(*modules: str) -> str:
    """Hash of libraries and of the code behind these modules of this package; of what evaluates a series if none."""
    digest = hashlib.sha256()
    entries = [Path(__file__).parent / f"{module}.py" for module in modules or ("one",)]
    for path in sorted(frozenset().union(*map(modules_behind, entries))):
        digest.update(path.name.encode() + path.read_bytes())
    for package in PACKAGES:
        digest.update(f"{package}={version(package)}".encode())
    return digest.hexdigest()


@cache
def modules_behind(entry: Path) -> frozenset[Path]:
    """The modules of ours that a module imports, directly or not, read from their text: importing them takes seconds.

    A change of any other method of ``evaluation`` leaves what was evaluated as it is.
    """
    found: set[Path] = set()
    waiting = [entry]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for package, rest, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
            module = ROOT / f"{package}{rest}".replace(".", "/")
            candidates = [module.with_suffix(".py"), module / "__init__.py"]
            candidates += [module / f"{name.strip()}.py" for name in names.split(",")]
            waiting += [candidate for candidate in candidates if candidate.is_file()]
    return frozenset(found)
