"""The code a parser consists of: ``parse.py`` and every module of ``ingest`` it is written with.

A batch's name carries the hash of it, so that objects are parsed again when any of it changes. Comments and docstrings
do not count. Does not belong here: the card, whose structure counts apart (``card.build_id``).
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What every dataset shares and the card or the batch's name speaks for already.
NOT_PARSING = frozenset({"ingest.card", "ingest.fields", "ingest.delivery", "ingest.landing", "ingest.core"})


def code_hash(parser: Path) -> str:
    """Hash of a parser with the modules of ``ingest`` it imports, directly or through others."""
    digest = hashlib.sha256(parser.read_bytes() if parser.exists() else b"")
    seen: set[str] = set()
    waiting = sorted(_imports(parser)) if parser.exists() else []
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        waiting += sorted(_imports(_file(module)) - seen)
    for module in sorted(seen):
        digest.update(f"{module}={_meaning(_file(module))}".encode())
    return digest.hexdigest()


@cache
def _imports(path: Path) -> frozenset[str]:
    """Modules of ``ingest`` that a file imports, without those that are no part of parsing."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return frozenset(m for m in found if m.startswith("ingest.") and m not in NOT_PARSING and _file(m).exists())


def _file(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


@cache
def _meaning(path: Path) -> str:
    """A module's syntax tree without docstrings, hashed."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
