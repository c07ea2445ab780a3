"""Questions to the knowledge library of one publication: search, one entity, upstream, targets, regions, terms.

Takes a read-only connection to a publication and reads its ``kb_*`` and ``plan_*`` tables. Does not belong here: the
facts (``catalog/knowledge``, ``catalog/plan``), how they are joined (dbt's ``kb_*`` models), how answers are printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import duckdb

# The usual constants of BM25 (Robertson and Zaragoza 2009, 3.4): saturation of repeats, weight of a document's length.
K1, B = 1.2, 0.75
SHOWN = 6
# The pattern of dbt's macro kb_tokens; a test compares both over every document.
_RUNS = r"regexp_extract_all(lower(?), '[\p{Han}〇ⅰ-ⅿ]+|[a-z0-9]+(?:\.[0-9]+)?')"
# Documents are indexed by characters and pairs; a question asks for pairs, for a character only where it stands alone.
_ASKED = f"""
    SELECT DISTINCT unnest(flatten([
        CASE WHEN length(run) = 1 OR regexp_matches(run, '^[a-z0-9]') THEN [run]
            ELSE [run[i:i + 1] for i in range(1, length(run))] END
        for run in {_RUNS}])) AS token
"""
_SEARCH = f"""
    WITH asked AS ({_ASKED}),
    corpus AS (SELECT count(*) AS documents, avg(n_tokens) AS mean_tokens FROM kb_document),
    hits AS (
        SELECT doc_id, token, occurrences, n_tokens, count(*) OVER (PARTITION BY token) AS holding
        FROM kb_posting JOIN asked USING (token) JOIN kb_document USING (doc_id)
    ),
    scored AS (
        SELECT doc_id, sum(
            ln(1 + (documents - holding + 0.5) / (holding + 0.5)) * occurrences * ({K1} + 1)
            / (occurrences + {K1} * (1 - {B} + {B} * n_tokens / mean_tokens)) ORDER BY token
        ) AS score
        FROM hits CROSS JOIN corpus GROUP BY doc_id
    )
    SELECT score, doc_id, kind, title, text, citation FROM scored JOIN kb_document USING (doc_id)
    ORDER BY score DESC, doc_id LIMIT ?
"""


# Relation → what it is called from its subject and from its object: (zh, en).
RELATIONS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "in": (("位于", "in"), ("包含", "holds")),
    "succeeded_by": (("后继为", "succeeded by"), ("前身为", "successor of")),
    "monitors": (("监测", "monitors"), ("被监测于", "monitored by")),
    "discharges_to": (("排向", "discharges to"), ("受纳", "receives from")),
    "owned_by": (("属于", "owned by"), ("拥有", "owns")),
    "upstream_of": (("汇入", "flows into"), ("承接", "receives")),
    "leads": (("牵头", "leads"), ("牵头单位", "led by")),
    "responsible_for": (("负责", "responsible for"), ("责任单位", "whose")),
    "computed_under": (("依据", "computed under"), ("据此计算", "rules")),
    "serves": (("服务于", "serves"), ("由此支撑", "served by")),
}


class KnowledgeError(ValueError):
    """The question cannot be answered; the message says why and what comes near."""


@dataclass(frozen=True)
class Hit:
    """A document that was found, the best first; ``score`` is BM25."""

    score: float
    doc_id: str
    kind: str
    title: str
    text: str
    citation: str


@dataclass(frozen=True)
class Entity:
    """One thing the library knows."""

    entity_id: str
    kind: str
    code: str
    name_zh: str
    name_en: str | None
    valid_from: date | None
    valid_to: date | None
    certainty: str
    source: str

    @property
    def validity(self) -> str:
        """The days it is valid, in words; empty where nothing is stated."""
        return _validity(self.valid_from, self.valid_to)


@dataclass(frozen=True)
class Edge:
    """A relation of the entity asked for with another one; ``outward``: it is the subject."""

    relation: str
    outward: bool
    other_id: str
    other_zh: str
    share: float | None
    other_from: date | None
    other_to: date | None

    @property
    def other_validity(self) -> str:
        """The days the other one is valid, in words."""
        return _validity(self.other_from, self.other_to)


@dataclass(frozen=True)
class Upstream:
    """Waters and sections upstream, by confluences between, and sections of the same water, whose order is unknown."""

    entity: Entity
    found: list[tuple[int, str, str]]
    same_water: list[tuple[str, str]]


@dataclass(frozen=True)
class Target:
    """A target of the plan with its clause and units; ``year`` is None where the text sets none."""

    code: str
    target_zh: str
    target_en: str
    value: float
    unit: str
    year: int | None
    comparison: str
    clause: str | None
    clause_zh: str | None
    lead_unit: str | None
    units: list[str]
    certainty: str
    source: str


@dataclass(frozen=True)
class Change:
    """A change of regions an area took part in: the comparable group and the rule."""

    group_code: str
    side: str
    effective_from: date
    date_precision: str
    shares_known: bool
    rule: str
    rule_zh: str


@dataclass(frozen=True)
class Member:
    """An area of a comparable group, before or after its change."""

    side: str
    entity_id: str
    region_code: str
    name_zh: str


@dataclass(frozen=True)
class Region:
    """The areas that a code stands for (all, or the one of a day), and the changes they took part in."""

    areas: list[Entity]
    changes: list[Change]


@dataclass(frozen=True)
class Term:
    """One term and its definition."""

    term_zh: str
    term_en: str
    definition_zh: str
    certainty: str
    source: str


def asked_tokens(library: duckdb.DuckDBPyConnection, words: str) -> list[str]:
    """What a question looks for, sorted."""
    return sorted(row[0] for row in library.execute(_ASKED, [words]).fetchall())


def search(library: duckdb.DuckDBPyConnection, words: str, limit: int = 10) -> list[Hit]:
    """Documents ranked by BM25 with idf = ln(1 + (N - n + 0.5) / (n + 0.5)); ties by id.

    Raises:
        KnowledgeError: nothing to search for, or the publication has no library.
    """
    _require_library(library)
    if not asked_tokens(library, words):
        raise KnowledgeError(f"{words!r} holds no Chinese character, letter or digit to search for")
    return [Hit(*row) for row in library.execute(_SEARCH, [words, limit]).fetchall()]


def document(library: duckdb.DuckDBPyConnection, doc_id: str) -> Hit | None:
    """The document of an id, with no score; None where there is none."""
    _require_library(library)
    query = "SELECT 0.0, doc_id, kind, title, text, citation FROM kb_document WHERE doc_id = ?"
    found = library.execute(query, [doc_id]).fetchone()
    return Hit(*found) if found else None


def named(library: duckdb.DuckDBPyConnection, word: str, limit: int = 10) -> list[Entity]:
    """Entities that have the word for id or code, or hold it in their name: exact ones first, then short names."""
    _require_library(library)
    return _entities(
        library,
        "$word IN (entity_id, code, name_zh) OR contains(name_zh, $word)",
        {"word": word},
        order=f"$word IN (entity_id, code, name_zh) DESC, length(name_zh), entity_id LIMIT {int(limit)}",
    )


def of_kind(library: duckdb.DuckDBPyConnection, kind: str) -> list[Entity]:
    """All entities of a kind, by code."""
    _require_library(library)
    return _entities(library, "kind = $kind", {"kind": kind}, order="code, valid_from NULLS FIRST, entity_id")


def show(library: duckdb.DuckDBPyConnection, entity: str) -> tuple[Entity, list[Edge]]:
    """An entity by its id, or by a code that only one entity has, and everything it is related to.

    Raises:
        KnowledgeError: unknown, or several have this code; the message lists them.
    """
    found = _one(library, entity)
    edges = library.execute(
        "SELECT relation, outward, other_id, name_zh, share::DOUBLE, valid_from, valid_to FROM ("
        "SELECT relation, true AS outward, object_id AS other_id, share FROM kb_relation WHERE subject_id = $id "
        "UNION ALL SELECT relation, false, subject_id, share FROM kb_relation WHERE object_id = $id"
        ") JOIN kb_entity ON entity_id = other_id ORDER BY outward DESC, relation, other_id",
        {"id": found.entity_id},
    ).fetchall()
    return found, [Edge(*row) for row in edges]


def upstream(library: duckdb.DuckDBPyConnection, section: str) -> Upstream:
    """Waters and sections upstream of a section or water, the nearest first.

    Raises:
        KnowledgeError: no such section or water.
    """
    found = _one(library, section, ("section", "water"))
    above = library.execute(
        "SELECT steps, upstream_id, name_zh FROM kb_upstream JOIN kb_entity ON kb_entity.entity_id = upstream_id "
        "WHERE kb_upstream.entity_id = ? ORDER BY steps, upstream_id",
        [found.entity_id],
    ).fetchall()
    beside = library.execute(
        "SELECT others.subject_id, name_zh FROM kb_relation AS mine "
        "JOIN kb_relation AS others ON others.object_id = mine.object_id AND others.relation = 'monitors' "
        "JOIN kb_entity ON entity_id = others.subject_id "
        "WHERE mine.subject_id = $id AND mine.relation = 'monitors' AND others.subject_id <> $id ORDER BY 1",
        {"id": found.entity_id},
    ).fetchall()
    return Upstream(found, above, beside)


def target(library: duckdb.DuckDBPyConnection, code: str) -> Target:
    """A target of the plan and whose it is.

    Raises:
        KnowledgeError: no such target.
    """
    found = _one(library, code, ("target",))
    row = library.execute(
        "SELECT t.code, target_zh, target_en, value::DOUBLE, unit, year, comparison, t.clause, title_zh, lead_unit, "
        "coalesce(string_split(t.responsible_units, '、'), []), t.certainty, t.source "
        "FROM plan_targets AS t LEFT JOIN plan_clauses USING (clause) WHERE t.code = ?",
        [found.code],
    ).fetchall()[0]
    return Target(*row)


def region(library: duckdb.DuckDBPyConnection, code: str, day: date | None = None) -> Region:
    """What a code stands for, on a day or ever, and how its series compare across changes.

    Raises:
        KnowledgeError: no such code, or it was not in use on that day.
    """
    _require_library(library)
    areas = _entities(library, "kind IN ('province', 'city', 'county') AND code = ?", [code])
    if not areas:
        raise KnowledgeError(_near(library, code, ("province", "city", "county")))
    valid = [a for a in areas if day is None or (a.valid_from or day) <= day <= (a.valid_to or day)]
    if not valid:
        times = "; ".join(f"{a.name_zh} {a.validity}" for a in areas)
        raise KnowledgeError(f"code {code} stands for no region on {day}; it did: {times}")
    return Region(valid, changes(library, [a.entity_id for a in valid]))


def changes(library: duckdb.DuckDBPyConnection, areas: list[str]) -> list[Change]:
    """The changes that any of these areas took part in, the oldest first."""
    rows = library.execute(
        "SELECT DISTINCT group_code, side, effective_from, date_precision, shares_known, rule, rule_zh "
        "FROM kb_region_change WHERE list_contains(?, entity_id) ORDER BY effective_from, group_code, side",
        [areas],
    ).fetchall()
    return [Change(*row) for row in rows]


def members(library: duckdb.DuckDBPyConnection, group_code: str) -> list[Member]:
    """The areas of a comparable group: those before the change, then those after it."""
    rows = library.execute(
        "SELECT side, entity_id, region_code, name_zh FROM kb_region_change WHERE group_code = ? "
        "ORDER BY side = 'after', region_code",
        [group_code],
    ).fetchall()
    return [Member(*row) for row in rows]


def terms(library: duckdb.DuckDBPyConnection, word: str = "") -> list[Term]:
    """Terms whose name, in either language, or definition holds the word; the vocabulary when it is empty.

    Raises:
        KnowledgeError: none does; the message names terms that come near.
    """
    _require_library(library)
    rows = library.execute(
        "SELECT term_zh, term_en, definition_zh, certainty, source FROM kb_term "
        "WHERE contains(lower(concat_ws(chr(10), term_zh, term_en, definition_zh)), lower(?)) ORDER BY term_zh",
        [word],
    ).fetchall()
    if not rows:
        names = [row[0] for row in library.execute("SELECT term_zh FROM kb_term ORDER BY term_zh").fetchall()]
        raise KnowledgeError(f"no term holds {word!r}; near: {', '.join(_alike(word, names))}")
    return [Term(*row) for row in rows]


def _validity(first: date | None, last: date | None) -> str:
    return " ".join(part for part in (f"自 {first}" if first else "", f"至 {last}" if last else "") if part)


def _require_library(library: duckdb.DuckDBPyConnection) -> None:
    found = library.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'kb_entity'").fetchall()
    if found == [(0,)]:
        raise KnowledgeError("this publication was made without the knowledge library; make a new one: ecolake run")


def _one(library: duckdb.DuckDBPyConnection, asked: str, kinds: tuple[str, ...] = ()) -> Entity:
    """The entity of an id, else the only one of a code, else the only one of a name."""
    _require_library(library)
    among = "(len($kinds) = 0 OR list_contains($kinds, kind))"
    for wanted in ("entity_id = $asked", "code = $asked", "name_zh = $asked"):
        found = _entities(library, f"{wanted} AND {among}", {"asked": asked, "kinds": list(kinds)})
        if len(found) == 1:
            return found[0]
        if found:
            listed = "; ".join(f"{e.entity_id} {e.name_zh} {e.validity}".strip() for e in found[:SHOWN])
            raise KnowledgeError(f"{asked!r} names {len(found)} entities, say which by its id: {listed}")
    raise KnowledgeError(_near(library, asked, kinds))


def _entities(
    library: duckdb.DuckDBPyConnection,
    condition: str,
    parameters: list[object] | dict[str, object],
    order: str = "valid_from NULLS FIRST, entity_id",
) -> list[Entity]:
    columns = ", ".join(Entity.__dataclass_fields__)
    query = f"SELECT {columns} FROM kb_entity WHERE {condition} ORDER BY {order}"
    return [Entity(*row) for row in library.execute(query, parameters).fetchall()]


def _near(library: duckdb.DuckDBPyConnection, asked: str, kinds: tuple[str, ...]) -> str:
    """A sentence that says it is unknown and lists what it might have meant."""
    rows = library.execute(
        "SELECT entity_id, code, name_zh FROM kb_entity "
        "WHERE len($kinds) = 0 OR list_contains($kinds, kind) ORDER BY entity_id",
        {"kinds": list(kinds)},
    ).fetchall()
    names = {name: (entity_id, zh) for entity_id, code, zh in rows for name in (entity_id, code, zh)}
    near = dict.fromkeys(names[name] for name in _alike(asked, list(names)))
    what = " or ".join(kinds) if kinds else "entity"
    listed = "; ".join(f"{entity_id} {zh}" for entity_id, zh in near)
    return f"no {what} {asked!r} in the library; near: {listed or 'nothing'}"


def _alike(word: str, names: list[str]) -> list[str]:
    """Names that hold the word, then names spelt alike."""
    holding = [name for name in names if word and word in name]
    return list(dict.fromkeys([*holding, *get_close_matches(word, names, SHOWN, 0.5)]))[:SHOWN]
