"""努力评价 in a browser: the first sentence, every row and every reason are the publication's; no number without grade.

The publication of these tests holds a share of the days, mostly too few to assess anything: then the page must say so.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SCORES = """
    SELECT place_code, grade, effort_pct, reason FROM effort_score
    WHERE theme = 'air' AND item = 'all' AND year = (SELECT max(year) FROM effort_score WHERE theme = 'air')"""
WORDS = {"improved": "明显下降", "no_evidence": "未见证据", "worsened": "上升", "not_assessable": "不可评价"}
PHONE = {"width": 390, "height": 844}


def open_page(visit: Any) -> None:
    """From the menu, as a reader does."""
    from playwright.sync_api import expect

    visit.open()
    visit.page.get_by_text("专题", exact=True).click()
    visit.page.get_by_role("menuitem", name="努力评价").click()
    expect(visit.page.locator("h1")).to_have_text("努力评价")
    visit.settle()


def signed(pct: Decimal) -> str:
    """One decimal with its sign, half to even."""
    rounded = Decimal(pct).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return f"{'' if rounded == 0 else '+' if rounded > 0 else '−'}{abs(rounded)}%"


def test_every_place_has_its_published_grade_and_a_number_or_a_reason(visit: Any, published: Any) -> None:
    from playwright.sync_api import expect

    open_page(visit)
    scores = published.ask(SCORES)
    if not scores:
        expect(visit.page.locator(".caution")).to_contain_text("还没有任何评价结果")
        return
    grades = [grade for _, grade, _, _ in scores]
    told = visit.page.locator("p.conclusion").inner_text()
    assert [int(n) for n in re.findall(r"(?:下降|证据|上升|不可评价) (\d+) 市", told)] == [
        grades.count(g) for g in WORDS
    ]
    rows = visit.page.locator('table[data-table="effort-places"] tbody tr')
    expect(rows).to_have_count(len(scores))
    for code, grade, effort, reason in scores:
        row = visit.page.locator(f'table[data-table="effort-places"] tr[data-region="{code}"]')
        expect(row).to_have_attribute("data-grade", grade)
        expect(row.locator(".tone")).to_have_text(WORDS[grade])
        if grade == "not_assessable":
            assert reason
            expect(row.locator(".missing")).not_to_be_empty()
            expect(row.locator("b")).to_have_count(0)
        else:
            expect(row.locator("b")).to_have_text(signed(effort))
    if set(grades) == {"not_assessable"}:
        expect(visit.page.locator(".caution").filter(has_text="全部不可评价")).to_be_visible()
    expect(visit.page.locator(".caution").filter(has_text="未经批准")).to_be_visible()
    expect(visit.page.locator("[data-split]")).to_contain_text("努力评价不替代法定达标结果")


def test_on_a_phone_the_page_does_not_scroll_sideways(visit: Any) -> None:
    open_page(visit)
    visit.page.set_viewport_size(PHONE)
    visit.settle()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
