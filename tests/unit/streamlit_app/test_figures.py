"""Figures: read as published, nulls with their reason, compared so that a change of rules does not look like air."""

from __future__ import annotations

from decimal import Decimal

from catalog.publication import Publication
from streamlit_app.figures import Figures, compare, edition_free, load
from streamlit_app.periods import Period, month_period
from streamlit_app.places import cities, provinces

MARCH = month_period(2026, 3)


def in_march(published: Publication, edition: str = "in-force", period: Period = MARCH) -> Figures:
    return load(published, edition, period, [*provinces(published)[1:], *cities(published, "330000")])


def test_a_figure_is_what_was_published(published: Publication) -> None:
    figure = in_march(published).get("air_pm25_mean", "330100")
    assert (figure.value, figure.coverage, figure.status) == (Decimal("27.0000"), Decimal("1.0000"), "provisional")
    assert (figure.card.unit_zh, figure.card.decimals, figure.inputs_hash) == ("微克/立方米", 0, "hash-2026-03")


def test_a_null_keeps_its_reason_and_coverage(published: Publication) -> None:
    figure = in_march(published).get("air_pm25_mean", "330200")
    assert figure.value is None
    assert figure.null_reason == "too_few_days: 25 of 31, 0 of 1 months complete"
    assert figure.coverage == Decimal("0.8065")


def test_a_figure_that_is_not_published_says_so(published: Publication) -> None:
    figure = in_march(published).get("air_composite_index", "330000")
    assert (figure.value, figure.null_reason) == (None, "not_published")


def test_a_concentration_is_the_same_under_every_edition(published: Publication) -> None:
    assert "air_pm25_mean" in edition_free(published)
    assert "air_composite_index" not in edition_free(published)
    under_2012 = in_march(published, "AIR-2012")
    assert under_2012.get("air_pm25_mean", "330100").value == 27
    assert under_2012.get("air_composite_index", "330100").value == Decimal("3.40")


def test_where_the_rules_changed_both_periods_are_compared_under_the_new_ones(published: Publication) -> None:
    figures = in_march(published)
    found = compare(published, figures, figures.get("air_composite_index", "330100"))
    assert found.change is not None
    assert found.as_published is not None
    assert (found.change.value, found.change.edition) == (Decimal("-5.1"), "AIR-2026-transition")
    assert (found.as_published.value, found.as_published.edition) == (Decimal("2.8"), "in-force")


def test_under_one_edition_and_for_concentrations_there_is_one_comparison(published: Publication) -> None:
    figures = in_march(published)
    pm25 = compare(published, figures, figures.get("air_pm25_mean", "330100"))
    assert pm25.change is not None
    assert (pm25.change.value, pm25.as_published) == (Decimal("-10.0"), None)
    under_2012 = in_march(published, "AIR-2012")
    index = compare(published, under_2012, under_2012.get("air_composite_index", "330100"))
    assert index.change is not None
    assert (index.change.value, index.as_published) == (Decimal("-5.6"), None)


def test_a_change_without_a_year_before_says_so(published: Publication) -> None:
    figures = in_march(published, period=month_period(2025, 3))
    change = figures.change(figures.get("air_pm25_mean", "330100"))
    assert change is not None
    assert (change.value, change.null_reason) == (None, "no_period_before")
