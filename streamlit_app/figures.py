"""Catalogued numbers as the pages show them: value, meaning, status, why it is absent, and its same-period change.

One load reads every figure of a province, its cities and one period. Does not belong here: computing an indicator, or
words for people (``wording``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.publication import Publication
from streamlit_app.periods import Period
from streamlit_app.places import Region
from streamlit_app.rules import IN_FORCE, rulebooks_touched
from streamlit_app.source import cached

CHANGE = "_yoy"
# Columns that a catalog released by older code does not have.
LATER_COLUMNS = ("target", "caveats_zh")
# Whose rules `dim_edition` and `air_rulebooks` tell.
RULEBOOKS_OF = "air"
NOT_PUBLISHED = "not_published"
NO_PERIOD_BEFORE = "no_period_before"


@dataclass(frozen=True)
class Card:
    """What the publication's catalog says about an indicator."""

    code: str
    theme: str
    name_zh: str
    definition_zh: str
    unit: str
    unit_zh: str
    decimals: int
    better: str
    formula: str
    standard: str
    certainty: str
    owner_zh: str
    periods: str
    levels: str
    change: str
    target: str = ""
    caveats_zh: str = ""


@dataclass(frozen=True)
class Figure:
    """One number of one region and period; ``value`` is null only with a ``null_reason``."""

    card: Card
    region: Region
    period: Period
    edition: str
    value: Decimal | None
    text: str | None
    lower: Decimal | None
    upper: Decimal | None
    coverage: Decimal | None
    status: str | None
    n_inputs: int | None
    inputs_hash: str | None
    null_reason: str | None

    @property
    def key(self) -> tuple[str, str]:
        """(indicator, region): unique within one load."""
        return self.card.code, self.region.code


@dataclass(frozen=True)
class Figures:
    """All figures of one period, by (indicator code, region code)."""

    edition: str
    period: Period
    cards: dict[str, Card]
    regions: dict[str, Region]
    held: dict[tuple[str, str], Figure]

    def get(self, code: str, region: str) -> Figure:
        """The figure; one that was never published is a null with the reason ``not_published``."""
        found = self.held.get((code, region))
        if found is not None:
            return found
        nothing = (None, None, None, None, None, None, None, None)
        return Figure(self.cards[code], self.regions[region], self.period, self.edition, *nothing, NOT_PUBLISHED)

    def change(self, figure: Figure) -> Figure | None:
        """The published change of a figure against the same period of the year before; None if its card has none."""
        code = figure.card.code + CHANGE
        if code not in self.cards or self.period.type == "day":
            return None
        found = self.get(code, figure.region.code)
        return replace(found, null_reason=NO_PERIOD_BEFORE) if found.null_reason == NOT_PUBLISHED else found

    def all(self) -> list[Figure]:
        """Every published figure, province first."""
        return [figure for region in self.regions for figure in self.of_region(region)]

    def of_region(self, region: str) -> Iterator[Figure]:
        """Every published figure of one region."""
        return (f for (_, where), f in sorted(self.held.items()) if where == region)


@cached
def cards(publication: Publication) -> dict[str, Card]:
    """Indicator code → card, as released with this publication."""
    table = publication.manifest.table("catalog_indicators")
    absent = [name for name in LATER_COLUMNS if table is None or not table.has_columns(name)]
    columns = ", ".join(f"'' AS {name}" if name in absent else name for name in Card.__dataclass_fields__)
    with publication.connect() as db:
        rows = db.execute(f"SELECT {columns} FROM catalog_indicators ORDER BY code").fetchall()
    return {row[0]: Card(*row) for row in rows}


@cached
def only_edition(publication: Publication) -> dict[str, str]:
    """Indicator → its edition, of those published under one only: shown under it whatever edition is chosen."""
    query = "SELECT indicator_code, min(edition) FROM indicator_values GROUP BY ALL HAVING min(edition) = max(edition)"
    with publication.connect() as db:
        return dict(db.execute(query).fetchall())


def edition_free(publication: Publication) -> frozenset[str]:
    """Indicators that do not depend on an edition: published as 'in-force' only."""
    return frozenset(code for code, edition in only_edition(publication).items() if edition == IN_FORCE)


@cached
def load(
    publication: Publication, edition: str, period: Period, regions: list[Region], codes: tuple[str, ...] | None = None
) -> Figures:
    """Every figure of these regions in this period under one edition; ``codes``: only these indicators."""
    query = f"""
        SELECT indicator_code, region_code, edition, {", ".join(VALUE_COLUMNS)}
        FROM indicator_values
        SEMI JOIN (SELECT unnest($regions) AS region_code, unnest($levels) AS region_level)
            USING (region_code, region_level)
        WHERE period_type = $period_type AND CAST(period_start AS DATE) = $start
            AND ($codes IS NULL OR list_contains($codes, indicator_code))
            AND edition = coalesce(map($only_codes, $only_editions)[indicator_code], $edition)"""
    known = cards(publication)
    by_code = {region.code: region for region in regions}
    asked = {
        "regions": [region.code for region in regions],
        "levels": [region.level for region in regions],
        "period_type": period.type,
        "start": period.start,
        "codes": None if codes is None else list(codes),
        "only_codes": list(only_edition(publication)),
        "only_editions": list(only_edition(publication).values()),
        "edition": edition,
    }
    with publication.connect() as db:
        rows = db.execute(query, asked).fetchall()
    held = {
        (code, where): Figure(known[code], by_code[where], period, under, *values)
        for code, where, under, *values in rows
    }
    return Figures(edition, period, known, by_code, held)


VALUE_COLUMNS = (
    *("value", "value_text", "lower", "upper"),
    *("coverage", "status", "n_inputs", "inputs_hash", "null_reason"),
)


@dataclass(frozen=True)
class Comparison:
    """A figure's same-period change.

    ``change`` compares under one edition; ``as_published`` is set only where the published change under 'in-force' is
    another one, because the rules changed between the two periods.
    """

    change: Figure | None
    as_published: Figure | None = None


def compare(publication: Publication, figures: Figures, figure: Figure) -> Comparison:
    """How a figure stands to the same period of the year before, so that a change of rules does not look like air."""
    published = figures.change(figure)
    if published is None or figure.edition != IN_FORCE or figure.card.code in edition_free(publication):
        return Comparison(published)
    if figure.card.theme != RULEBOOKS_OF:
        return Comparison(published)
    rulebooks = rulebooks_touched(publication, figure.period)
    if len(set(rulebooks)) == 1:
        return Comparison(published)
    under_one = load(publication, rulebooks[-1], figure.period, list(figures.regions.values()))
    return Comparison(under_one.change(figure), published)
