"""Full-text search ranks by BM25 as computed by hand; unknown words and ids are answered by what comes near."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from catalog import kb

# Cut by hand: every word, character and pair. "臭氧 o3" in the title counts as much as the text.
DOCUMENTS = {
    "note:a": ["臭", "氧", "臭氧", "o3", "臭", "氧", "臭氧"],
    "note:b": ["溶", "解", "氧", "溶解", "解氧"],
    "note:c": ["臭", "味", "臭味", "pm2.5", "gb", "3095"],
}


@pytest.fixture
def library() -> Iterator[duckdb.DuckDBPyConnection]:
    """Three documents and their postings, three entities, two terms."""
    with duckdb.connect() as db:
        db.execute("CREATE TABLE kb_document (doc_id VARCHAR, title VARCHAR, kind VARCHAR, text VARCHAR, "
                   "citation VARCHAR, n_tokens BIGINT)")  # fmt: skip
        db.execute("CREATE TABLE kb_posting (doc_id VARCHAR, token VARCHAR, occurrences BIGINT)")
        for doc_id, tokens in DOCUMENTS.items():
            db.execute("INSERT INTO kb_document VALUES (?, '', 'note', '', '', ?)", [doc_id, len(tokens)])
            db.executemany("INSERT INTO kb_posting VALUES (?, ?, ?)", [(doc_id, *i) for i in Counter(tokens).items()])
        db.execute("CREATE TABLE kb_entity (entity_id VARCHAR, kind VARCHAR, code VARCHAR, name_zh VARCHAR, "
                   "name_en VARCHAR, valid_from DATE, valid_to DATE, certainty VARCHAR, source VARCHAR)")  # fmt: skip
        db.execute("""INSERT INTO kb_entity VALUES
            ('county:330105', 'county', '330105', '拱墅区', NULL, NULL, '2021-04-08', 'verified', 'a'),
            ('county:330105@2021-04-09', 'county', '330105', '拱墅区', NULL, '2021-04-09', NULL, 'verified', 'a'),
            ('target:PLN-03-04', 'target', 'PLN-03-04', '设区市数', NULL, NULL, NULL, 'verified', 'a')""")
        db.execute("CREATE TABLE kb_region_change (group_code VARCHAR, side VARCHAR, effective_from DATE, "
                   "date_precision VARCHAR, shares_known BOOLEAN, rule VARCHAR, rule_zh VARCHAR, "
                   "entity_id VARCHAR)")  # fmt: skip
        db.execute("""INSERT INTO kb_region_change VALUES
            ('HZ/330105', 'before', '2021-04-09', 'day', true, 'r', 'z', 'county:330105'),
            ('HZ/330105', 'after', '2021-04-09', 'day', true, 'r', 'z', 'county:330105@2021-04-09')""")
        db.execute("CREATE TABLE kb_term (term_zh VARCHAR, term_en VARCHAR, definition_zh VARCHAR, certainty VARCHAR, "
                   "source VARCHAR)")  # fmt: skip
        db.execute("""INSERT INTO kb_term VALUES ('优良天数', 'good days', 'AQI不大于100的天数', 'verified', 's'),
            ('断面', 'section', '监测位置', 'verified', 's')""")
        yield db


def bm25(question: list[str], doc_id: str) -> float:
    """Robertson and Zaragoza 2009, with k1 = 1.2 and b = 0.75, over the three documents."""
    mean = sum(map(len, DOCUMENTS.values())) / 3
    score = 0.0
    for token in question:
        holding = sum(token in tokens for tokens in DOCUMENTS.values())
        n = DOCUMENTS[doc_id].count(token)
        idf = math.log(1 + (3 - holding + 0.5) / (holding + 0.5))
        score += idf * n * 2.2 / (n + 1.2 * (0.25 + 0.75 * len(DOCUMENTS[doc_id]) / mean))
    return score


@pytest.mark.parametrize(
    ("words", "tokens"),
    [
        ("臭氧污染", ["氧污", "污染", "臭氧"]),
        ("氧", ["氧"]),
        ("GB 3095-2026 PM2.5", ["2026", "3095", "gb", "pm2.5"]),
        ("Ⅲ类 水", ["ⅲ类", "水"]),
        ("  ，。 ", []),
    ],
)
def test_question_asks_for_pairs_words_and_lone_characters(
    library: duckdb.DuckDBPyConnection, words: str, tokens: list[str]
) -> None:
    assert kb.asked_tokens(library, words) == sorted(tokens)


@pytest.mark.parametrize(
    ("words", "tokens", "ranked"),
    [
        ("臭氧", ["臭氧"], ["note:a"]),
        ("氧", ["氧"], ["note:a", "note:b"]),
        ("PM2.5 臭 氧", ["pm2.5", "臭", "氧"], ["note:c", "note:a", "note:b"]),
    ],
)
def test_score_is_bm25_computed_by_hand(
    library: duckdb.DuckDBPyConnection, words: str, tokens: list[str], ranked: list[str]
) -> None:
    hits = kb.search(library, words)
    assert [hit.doc_id for hit in hits] == ranked
    for hit in hits:
        assert hit.score == pytest.approx(bm25(tokens, hit.doc_id), abs=1e-12)


def test_nothing_to_search_for_is_said(library: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(kb.KnowledgeError, match="no Chinese character, letter or digit"):
        kb.search(library, "！？")
    assert kb.search(library, "土壤") == []


def test_unknown_entity_is_answered_by_what_comes_near(library: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(kb.KnowledgeError, match=r"no target 'PLN-03-99'.*near: target:PLN-03-04 设区市数"):
        kb.target(library, "PLN-03-99")
    with pytest.raises(kb.KnowledgeError, match=r"'330105' names 2 entities.*county:330105@2021-04-09"):
        kb.show(library, "330105")
    with pytest.raises(kb.KnowledgeError, match="no term holds '优良日'; near: 优良天数"):
        kb.terms(library, "优良日")


def test_code_of_a_region_means_the_area_of_its_day(library: duckdb.DuckDBPyConnection) -> None:
    assert [a.entity_id for a in kb.region(library, "330105").areas] == ["county:330105", "county:330105@2021-04-09"]
    before = kb.region(library, "330105", date(2021, 4, 8))
    assert [a.entity_id for a in before.areas] == ["county:330105"]
    assert [(c.group_code, c.side) for c in before.changes] == [("HZ/330105", "before")]
    after = kb.region(library, "330105", date(2021, 4, 9))
    assert [a.entity_id for a in after.areas] == ["county:330105@2021-04-09"]


def test_terms_are_found_in_both_languages_and_in_definitions(library: duckdb.DuckDBPyConnection) -> None:
    assert [t.term_zh for t in kb.terms(library, "Good")] == ["优良天数"]
    assert [t.term_zh for t in kb.terms(library, "aqi")] == ["优良天数"]
    assert len(kb.terms(library)) == 2


def test_publication_without_library_says_so() -> None:
    with duckdb.connect() as empty, pytest.raises(kb.KnowledgeError, match="without the knowledge library"):
        kb.search(empty, "臭氧")
