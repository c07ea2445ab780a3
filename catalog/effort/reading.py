"""What a publication says of the evaluation by effort: editions, scores, months, model cards, back-tests.

Reads ``effort_score``, ``effort_month``, ``effort_model``, ``effort_backtest``, ``effort_editions`` and
``effort_items``; computes nothing. Imports no page library, so that the command line reads with the same functions.
Does not belong here: words (``effort_wording``), remembering answers and drawing (``views.effort``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.publication import Publication

SCORES, MONTHS, MODELS, TESTS = "effort_score", "effort_month", "effort_model", "effort_backtest"
EDITIONS, ITEMS = "effort_editions", "effort_items"
# What the page reads beside the tables every page needs; absent in publications made before there was an evaluation.
NEEDED: dict[str, tuple[str, ...]] = {
    SCORES: ("series_key", "place_code", "item", "year", "effort_pct", "grade", "reason", "is_legal_limit_met"),
    MONTHS: ("series_key", "month_start", "observed", "normalised", "normalised_lower"),
    MODELS: ("series_key", "kind", "name", "nth", "x", "value", "text"),
    TESTS: ("series_key", "kind", "name", "passed", "moved_log"),
    EDITIONS: ("effort_edition", "theme", "approver", "baseline_start", "pool_start"),
    ITEMS: ("effort_edition", "item", "unit", "weight"),
}
ALL = "all"
"""All pollutants of a place together, by the weights of the edition."""
NOT_ASSESSABLE = "not_assessable"
GRADES = ("improved", "no_evidence", "worsened", NOT_ASSESSABLE)
# Pollutants as people are used to read them; what stands in neither list comes last.
ITEM_ORDER = (
    *(ALL, "pm25", "pm10", "o3", "no2", "so2", "co"),
    *(f"{item}_{quantity}" for item in ("codmn", "nh3n", "tp", "tn") for quantity in ("concentration", "flux")),
)


@dataclass(frozen=True)
class Edition:
    """One edition: baseline, frozen weather and method; ``approver`` says whether the department has decided on it."""

    effort_edition: str
    theme: str
    zh: str
    en: str
    fit_from: date
    baseline_start: date
    baseline_end: date
    pool_start: date
    pool_end: date
    method: str
    control_place: str | None
    replicates: int
    confidence: Decimal
    seed: int
    approver: str
    reason: str
    certainty: str
    source: str

    @property
    def is_approved(self) -> bool:
        """False for our own reference configuration."""
        return "未经批准" not in self.approver


@dataclass(frozen=True)
class Part:
    """A part of a change in percent, exp(log) − 1, with its interval where there is one."""

    pct: Decimal
    lower: Decimal | None = None
    upper: Decimal | None = None


@dataclass(frozen=True)
class Split:
    """A change against the baseline and its two parts; total = effort + luck in logarithms."""

    total: Part
    effort: Part
    luck: Part
    total_log: float
    effort_log: float
    luck_log: float
    confidence: float


@dataclass(frozen=True)
class Score:
    """One place and pollutant in a year. ``split`` is None exactly when it cannot be assessed."""

    effort_edition: str
    series_key: str
    theme: str
    place_code: str
    place_zh: str
    item: str
    year: int
    period_type: str
    period_start: date
    period_end: date
    baseline_start: date
    baseline_end: date
    observed_base: float | None
    observed: float | None
    normalised_base: float | None
    normalised: float | None
    grade: str
    reason: str | None
    detail: str | None
    caveat: str | None
    method: str
    n_values: int
    coverage: float
    skill_blocked_nse: float | None
    skill_random_nse: float | None
    outside_pool_share: float | None
    n_replicates: int | None
    series_hash: str
    is_legal_limit_met: bool | None
    split: Split | None


@dataclass(frozen=True)
class Month:
    """One month of a series: as observed, and in the weather of the pool."""

    month_start: date
    observed: float
    normalised: float
    normalised_lower: float | None
    normalised_upper: float | None


@dataclass(frozen=True)
class Curve:
    """The effect of one variable in logarithms, at points of its own unit."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ModelCard:
    """What a model was made from and how far it may be trusted; ``importance`` largest first."""

    settings: tuple[tuple[str, str], ...]
    skill: tuple[tuple[str, float], ...]
    importance: tuple[tuple[str, float], ...]
    curves: tuple[Curve, ...]
    warnings: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Nothing was fitted, or the place's score is combined from those of its pollutants."""
        return not self.settings


@dataclass(frozen=True)
class Backtest:
    """A test of the evaluation against itself; ``passed`` is None where it could not be made."""

    kind: str
    name: str
    year: int | None
    effort_log: float | None
    lower_log: float | None
    upper_log: float | None
    moved_log: float | None
    passed: bool | None
    detail: str | None


def absent(publication: Publication) -> list[str]:
    """Tables of the evaluation that are not there, or not with what the page reads; empty when all is well."""
    tables = {name: publication.manifest.table(name) for name in NEEDED}
    return [name for name, table in tables.items() if table is None or not table.has_columns(*NEEDED[name])]


def editions(publication: Publication) -> list[Edition]:
    """All editions, the newest of each theme first; also those nothing was evaluated under."""
    query = f"""
        SELECT {_columns(Edition)} FROM {EDITIONS} ORDER BY theme, valid_from DESC, effort_edition DESC"""
    return [Edition(**row) for row in _rows(publication, query)]


def years(publication: Publication, edition: str) -> list[int]:
    """Years with results under an edition, newest first."""
    query = f"SELECT DISTINCT year FROM {SCORES} WHERE effort_edition = ? ORDER BY year DESC"
    return [row["year"] for row in _rows(publication, query, edition)]


def items(publication: Publication, edition: str, year: int) -> list[str]:
    """Pollutants with results in a year, all together first."""
    query = f"SELECT DISTINCT item FROM {SCORES} WHERE effort_edition = ? AND year = ?"
    found = [row["item"] for row in _rows(publication, query, edition, year)]
    return sorted(found, key=place_in_order)


def place_in_order(item: str) -> tuple[int, str]:
    """Where a pollutant stands among others."""
    return (ITEM_ORDER.index(item) if item in ITEM_ORDER else len(ITEM_ORDER), item)


def units(publication: Publication, edition: str) -> dict[str, str]:
    """Pollutant → unit of its concentration."""
    query = f"SELECT item, unit FROM {ITEMS} WHERE effort_edition = ?"
    return {row["item"]: row["unit"] for row in _rows(publication, query, edition)}


def weights(publication: Publication, edition: str) -> dict[str, Decimal]:
    """Pollutant → weight in the score of a place."""
    query = f"SELECT item, weight FROM {ITEMS} WHERE effort_edition = ?"
    found = {row["item"]: row["weight"] for row in _rows(publication, query, edition)}
    return dict(sorted(found.items(), key=lambda pair: place_in_order(pair[0])))


def scores(
    publication: Publication,
    *,
    edition: str | None = None,
    year: int | None = None,
    item: str | None = None,
    place: str | None = None,
) -> list[Score]:
    """Scores that fit everything given, by edition, year, place and pollutant."""
    plain = ", ".join(f"scores.{f.name}" for f in fields(Score) if f.name not in ("split", "place_zh"))
    query = f"""
        WITH named AS (SELECT region_code, min(name_zh) AS name_zh FROM dim_region GROUP BY ALL)
        SELECT {plain}, coalesce(named.name_zh, string_split(scores.place_code, '|')[-1]) AS place_zh,
            total_pct, effort_pct, luck_pct, effort_lower_pct, effort_upper_pct, luck_lower_pct, luck_upper_pct,
            total_log, effort_log, luck_log, confidence
        FROM {SCORES} AS scores
        LEFT JOIN named ON named.region_code = scores.place_code
        WHERE ($edition IS NULL OR effort_edition = $edition) AND ($year IS NULL OR year = $year)
            AND ($item IS NULL OR item = $item) AND ($place IS NULL OR place_code = $place)
        ORDER BY effort_edition, year, place_code, item"""
    asked = {"edition": edition, "year": year, "item": item, "place": place}
    found = [_score(row) for row in _rows(publication, query, asked)]
    return sorted(found, key=lambda s: (s.effort_edition, s.year, s.place_code, place_in_order(s.item)))


def _score(row: dict[str, Any]) -> Score:
    """A row whose grade is ``not_assessable`` has no numbers, whatever its columns hold."""
    split = None
    if row["grade"] != NOT_ASSESSABLE:
        split = Split(
            total=Part(row["total_pct"]),
            effort=Part(row["effort_pct"], row["effort_lower_pct"], row["effort_upper_pct"]),
            luck=Part(row["luck_pct"], row["luck_lower_pct"], row["luck_upper_pct"]),
            total_log=row["total_log"],
            effort_log=row["effort_log"],
            luck_log=row["luck_log"],
            confidence=row["confidence"],
        )
    return Score(**{f.name: row[f.name] for f in fields(Score) if f.name != "split"}, split=split)


def months(publication: Publication, edition: str, series_key: str) -> list[Month]:
    """The months of a series, oldest first; none for what is combined from others or could not be fitted."""
    query = f"""
        SELECT {_columns(Month)} FROM {MONTHS}
        WHERE effort_edition = ? AND series_key = ? ORDER BY month_start"""
    return [Month(**row) for row in _rows(publication, query, edition, series_key)]


def model(publication: Publication, edition: str, series_key: str) -> ModelCard:
    """The model card of a series; empty where nothing was fitted."""
    query = f"""
        SELECT kind, name, x, value, text FROM {MODELS}
        WHERE effort_edition = ? AND series_key = ? ORDER BY kind, name, nth"""
    stated: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(publication, query, edition, series_key):
        stated.setdefault(row["kind"], []).append(row)
    drawn: dict[str, list[tuple[float, float]]] = {}
    for row in stated.get("curve", []):
        drawn.setdefault(row["name"], []).append((row["x"], row["value"]))
    lost = sorted(stated.get("importance", []), key=lambda row: (-row["value"], row["name"]))
    return ModelCard(
        settings=tuple((row["name"], row["text"] or "") for row in stated.get("setting", [])),
        skill=tuple((row["name"], row["value"]) for row in stated.get("skill", [])),
        importance=tuple((row["name"], row["value"]) for row in lost),
        curves=tuple(Curve(name, tuple(points)) for name, points in drawn.items()),
        warnings=tuple((row["name"], row["text"] or "") for row in stated.get("warning", [])),
    )


def backtests(publication: Publication, edition: str, series_key: str) -> list[Backtest]:
    """The tests of a series, by kind and name."""
    query = f"""
        SELECT {_columns(Backtest)} FROM {TESTS}
        WHERE effort_edition = ? AND series_key = ? ORDER BY kind, year, name"""
    return [Backtest(**row) for row in _rows(publication, query, edition, series_key)]


def inputs_hash(publication: Publication, code: str, score: Score) -> str | None:
    """The hash under which ``ecolake trace`` finds the batches behind a score; None where it is no indicator."""
    query = """
        SELECT inputs_hash FROM indicator_values
        WHERE indicator_code = ? AND edition = ? AND region_code = ? AND period_type = ?
            AND year(period_start) = ?"""
    asked = (code, score.effort_edition, score.place_code, score.period_type, score.year)
    found = _rows(publication, query, *asked)
    return str(found[0]["inputs_hash"]) if found and found[0]["inputs_hash"] else None


def overlaps(scored: Sequence[Score]) -> tuple[int, int]:
    """(pairs whose intervals of the effort overlap, all pairs) of the assessable ones: the former have no order."""
    spans = [
        (s.split.effort.lower, s.split.effort.upper)
        for s in scored
        if s.split is not None and s.split.effort.lower is not None and s.split.effort.upper is not None
    ]
    pairs = [(a, b) for n, a in enumerate(spans) for b in spans[n + 1 :]]
    return sum(a[0] <= b[1] and b[0] <= a[1] for a, b in pairs), len(pairs)


def by_effort(scored: Sequence[Score]) -> list[Score]:
    """The largest fall by effort first; what cannot be assessed last, by its code."""
    return sorted(scored, key=lambda s: (s.split is None, s.split.effort_log if s.split else 0.0, s.place_code))


def _columns(of: type) -> str:
    return ", ".join(f.name for f in fields(of))


def _rows(publication: Publication, query: str, *asked: object) -> list[dict[str, Any]]:
    given: object = asked[0] if len(asked) == 1 and isinstance(asked[0], dict) else list(asked)
    with publication.connect() as db:
        found = db.execute(query, given)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
