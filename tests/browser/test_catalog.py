"""指标目录 in a browser: opened from the menu, it lists the publication's catalog and leads to the theme's page."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_the_catalog_is_the_publications_and_leads_to_its_theme(visit: Any, published: Any) -> None:
    from playwright.sync_api import expect

    visit.open()
    visit.page.get_by_text("目录与质量", exact=True).click()
    visit.page.get_by_role("menuitem", name="指标目录").click()
    expect(visit.page.locator("h1")).to_have_text("指标目录")
    codes = published.ask("SELECT code FROM catalog_indicators WHERE NOT ends_with(code, '_yoy') AND theme = 'air'")
    rows = visit.page.locator('table[data-table="catalog-air"] tbody tr')
    expect(rows).to_have_count(len(codes))
    assert sorted(row.get_attribute("data-code") for row in rows.all()) == sorted(code for (code,) in codes)
    visit.page.get_by_role("link", name="查看浙里蓝天的数值").click()
    visit.settle()
    expect(visit.page.locator("h1")).to_have_text("浙里蓝天")
