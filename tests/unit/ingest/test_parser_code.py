"""The version of a parser: everything it is written with, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import parser_code
from ingest.parser_code import code_hash


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A parser that reads by ``ingest.formats.table``, which reads by ``ingest.words``."""
    monkeypatch.setattr(parser_code, "ROOT", tmp_path)
    (tmp_path / "ingest" / "formats").mkdir(parents=True)
    (tmp_path / "ingest" / "words.py").write_text("SPLIT = ','\n")
    (tmp_path / "ingest" / "other.py").write_text("X = 1\n")
    (tmp_path / "ingest" / "formats" / "table.py").write_text("import ingest.words\n")
    (tmp_path / "parse.py").write_text("from ingest.formats import table\n")
    return tmp_path


def changed(tree: Path, name: str, text: str) -> bool:
    before = code_hash(tree / "parse.py")
    (tree / name).write_text(text)
    parser_code._imports.cache_clear()
    parser_code._meaning.cache_clear()
    return code_hash(tree / "parse.py") != before


def test_a_module_read_through_another_counts(tree: Path) -> None:
    assert changed(tree, "ingest/words.py", "SPLIT = ';'\n")


def test_comments_and_docstrings_of_shared_modules_do_not_count(tree: Path) -> None:
    assert not changed(tree, "ingest/words.py", '"""Words."""\n# how they are split\nSPLIT = ","\n')


def test_modules_it_does_not_read_do_not_count(tree: Path) -> None:
    assert not changed(tree, "ingest/other.py", "X = 2\n")
