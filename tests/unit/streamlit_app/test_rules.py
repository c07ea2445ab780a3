"""Which rules apply to a number: by edition, by day, as released with the publication."""

from __future__ import annotations

import pytest

from catalog.publication import Publication
from streamlit_app import rules
from streamlit_app.periods import month_period

MARCH = month_period(2026, 3)


def test_editions_are_named_and_the_rules_in_force_come_first(published: Publication) -> None:
    assert list(rules.editions(published).items()) == [
        ("in-force", "现行标准（按观测日期）"),
        ("AIR-2012", "2012版标准"),
        ("AIR-2026-transition", "2026版标准（过渡阶段）"),
    ]
    assert rules.edition_name(published, "AIR-2099") == "AIR-2099"


def test_the_rulebook_in_force_depends_on_the_day(published: Publication) -> None:
    assert rules.rulebook_at(published, "in-force", month_period(2026, 2).end) == "AIR-2012"
    assert rules.rulebook_at(published, "in-force", MARCH.start) == "AIR-2026-transition"
    assert rules.rulebook_at(published, "AIR-2012", MARCH.start) == "AIR-2012"


@pytest.mark.parametrize(
    ("code", "edition", "limit"),
    [
        ("air_pm25_mean", "in-force", 30),
        ("air_pm25_mean", "AIR-2012", 35),
        ("air_pm25_day", "in-force", 60),
        ("air_pm25_day", "AIR-2012", 75),
        ("air_o3_p90", "in-force", 160),
        ("air_co_p95", "in-force", 4),
        ("air_no2_p98", "AIR-2012", 80),
        ("air_good_day_ratio", "in-force", None),
        ("air_composite_index", "in-force", None),
        ("air_pm25_exceedance_days", "in-force", None),
    ],
)
def test_a_figure_is_held_against_the_limit_of_its_edition(
    published: Publication, code: str, edition: str, limit: int | None
) -> None:
    found = rules.limit_of(published, code, edition, MARCH.end)
    assert (found.value if found else None) == limit


def test_doubtful_rules_are_listed_with_their_source(published: Publication) -> None:
    expected = rules.DoubtfulRule("air_validity", "HJ-663-2013 · city_min_share · 0.75", "from memory")
    assert rules.doubtful(published) == [expected]
