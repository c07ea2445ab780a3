"""What a publication says of the plan: each target with its verdict in a month, each system with what serves it.

Reads ``plan_progress``, ``plan_targets``, ``plan_clauses``, ``plan_rules`` and ``plan_coverage``; judges nothing, the
verdicts are dbt's. Does not belong here: words (``plan_wording``), drawing (``views.plan``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from catalog.publication import Publication
from streamlit_app.periods import Period, month_period
from streamlit_app.source import cached

PROGRESS, COVERAGE = "plan_progress", "plan_coverage"
# What the page reads beside the tables every page needs; absent where nothing of the plan was published.
NEEDED: dict[str, tuple[str, ...]] = {
    PROGRESS: ("code", "month", "judged_on", "verdict", "value", "target", "gap", "share_pct", "path_value", "year"),
    "plan_targets": ("code", "target_zh", "clause", "responsible_units"),
    "plan_clauses": ("clause", "clause_no", "title_zh"),
    "plan_rules": ("rule", "value", "certainty"),
    COVERAGE: ("name_zh", "clause", "needs_data", "no_feed_reason_zh", "dataset_list", "indicator_list"),
    "catalog_datasets": ("dataset", "title_zh"),
}
State = Literal["values", "no_values", "no_indicator", "no_dataset", "silent"]


@dataclass(frozen=True)
class Clause:
    """A clause of the plan, by its number in Chinese; the main goals stand in none."""

    number: str | None
    title_zh: str


@dataclass(frozen=True)
class Task:
    """A target of the plan, judged in a month; ``stored`` is its row of ``plan_progress`` as it was published."""

    code: str
    zh: str
    clause: Clause
    units: tuple[str, ...]
    kind: str
    unit: str
    year: int | None
    due_on: date | None
    value: Decimal | None
    target: Decimal
    gap: Decimal | None
    share_pct: Decimal | None
    path_value: Decimal | None
    verdict: str
    reached_by: date | None
    is_late: bool | None
    judged_on: date
    stored: Mapping[str, object]


@dataclass(frozen=True)
class System:
    """A system that the plan names: the datasets that serve it and the indicators computed from those.

    ``used`` counts the datasets with batches behind this publication; ``by_theme`` the indicators of each theme,
    ``values`` their values.
    """

    name_zh: str
    clause: Clause
    lead_unit: str
    needs_data: bool
    silence_zh: str
    datasets: tuple[str, ...]
    used: int
    by_theme: Mapping[str, int]
    values: int

    @property
    def state(self) -> State:
        """How far it is covered."""
        if not self.needs_data:
            return "silent"
        if not self.datasets:
            return "no_dataset"
        if not self.by_theme:
            return "no_indicator"
        return "values" if self.values else "no_values"


def is_published(publication: Publication) -> bool:
    """True when the publication has everything the page reads."""
    tables = {name: publication.manifest.table(name) for name in NEEDED}
    return all(table is not None and table.has_columns(*NEEDED[name]) for name, table in tables.items())


@cached
def months(publication: Publication) -> list[Period]:
    """Months with a verdict, newest first."""
    with publication.connect() as db:
        rows = db.execute(f"SELECT DISTINCT month FROM {PROGRESS} ORDER BY month DESC").fetchall()
    return [month_period(int(month[:4]), int(month[5:])) for (month,) in rows]


@cached
def path_start(publication: Publication) -> tuple[date, str] | None:
    """The day the linear path begins, and how sure that is."""
    query = "SELECT CAST(value AS DATE), certainty FROM plan_rules WHERE rule = 'path_start'"
    with publication.connect() as db:
        found = db.execute(query).fetchone()
    return (found[0], found[1]) if found else None


@cached
def tasks(publication: Publication, month: Period) -> list[Task]:
    """Every target as judged in a month: main goals first, then by clause."""
    query = f"""
        SELECT progress.*, targets.target_zh, targets.clause, clauses.title_zh AS clause_zh,
            coalesce(targets.responsible_units, '') AS responsible_units
        FROM {PROGRESS} AS progress
        JOIN plan_targets AS targets USING (code)
        LEFT JOIN plan_clauses AS clauses ON clauses.clause = targets.clause
        WHERE progress.month = ?
        ORDER BY clauses.clause_no NULLS FIRST, progress.code"""
    with publication.connect() as db:
        rows = db.execute(query, [month.code]).pl().iter_rows(named=True)
        return [_task(row) for row in rows]


def _task(row: dict[str, object]) -> Task:
    about = {name: row.pop(name) for name in ("target_zh", "clause", "clause_zh", "responsible_units")}
    fields = Task.__dataclass_fields__.keys() & row.keys()
    return Task(
        zh=str(about["target_zh"]),
        clause=_clause(about["clause"], about["clause_zh"]),
        units=tuple(unit for unit in str(about["responsible_units"]).split("、") if unit),
        stored=row,
        **{name: row[name] for name in fields},  # type: ignore[arg-type]
    )


def _clause(number: object, title: object) -> Clause:
    return Clause(str(number), str(title)) if number else Clause(None, "")


@cached
def systems(publication: Publication) -> list[System]:
    """Every system the plan names, by clause and name."""
    query = f"""
        WITH sending AS (
            SELECT coverage.name_zh, datasets.dataset, coalesce(titles.title_zh, datasets.dataset) AS title_zh,
                datasets.dataset IN (SELECT dataset FROM batches) AS is_used
            FROM {COVERAGE} AS coverage, unnest(string_split(coverage.dataset_list, ',')) AS datasets(dataset)
            LEFT JOIN catalog_datasets AS titles ON titles.dataset = datasets.dataset
        ),
        served AS (
            SELECT name_zh, list(title_zh ORDER BY dataset) AS titles, count(*) FILTER (is_used) AS used
            FROM sending GROUP BY name_zh
        ),
        valued AS (SELECT indicator_code, count(value) AS n_values FROM indicator_values GROUP BY indicator_code),
        computed AS (
            SELECT coverage.name_zh, cards.theme, count(*) AS indicators, sum(coalesce(valued.n_values, 0)) AS n_values
            FROM {COVERAGE} AS coverage, unnest(string_split(coverage.indicator_list, ',')) AS indicators(code)
            JOIN catalog_indicators AS cards ON cards.code = indicators.code
            LEFT JOIN valued ON valued.indicator_code = indicators.code
            GROUP BY ALL
        ),
        measured AS (
            SELECT name_zh, list(theme ORDER BY theme) AS themes, list(indicators ORDER BY theme) AS indicators,
                sum(n_values)::BIGINT AS n_values
            FROM computed GROUP BY name_zh
        )
        SELECT coverage.name_zh, coverage.clause, clauses.title_zh, coalesce(clauses.lead_unit, ''), needs_data,
            coalesce(no_feed_reason_zh, ''), coalesce(titles, []), coalesce(used, 0), coalesce(themes, []),
            coalesce(measured.indicators, []), coalesce(n_values, 0)
        FROM {COVERAGE} AS coverage
        LEFT JOIN plan_clauses AS clauses ON clauses.clause = coverage.clause
        LEFT JOIN served ON served.name_zh = coverage.name_zh
        LEFT JOIN measured ON measured.name_zh = coverage.name_zh
        ORDER BY clauses.clause_no NULLS LAST, coverage.name_zh"""
    with publication.connect() as db:
        rows = db.execute(query).fetchall()
    return [
        System(
            *(name, _clause(clause, title), lead, needs, silence, tuple(titles), used),
            by_theme=dict(zip(themes, counts, strict=True)),
            values=values,
        )
        for name, clause, title, lead, needs, silence, titles, used, themes, counts, values in rows
    ]


@cached
def dataset_titles(publication: Publication) -> dict[str, str]:
    """Dataset → its Chinese title."""
    with publication.connect() as db:
        return dict(db.execute("SELECT dataset, title_zh FROM catalog_datasets").fetchall())
