"""浙里蓝天 in a real browser: every number on it is the publication's, and it asks nobody but its server."""

from __future__ import annotations

import csv
import io
import re
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog import publication as pub

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
expect = sync_api.expect
expect.set_options(timeout=60_000)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HANGZHOU, WENZHOU = ("330100", "杭州市"), ("330300", "温州市")
DECIMALS = {"air_good_day_ratio": 1, "air_pm25_mean": 0, "air_o3_p90": 0, "air_composite_index": 2}
EDITIONS = {"in-force": "现行标准（按观测日期）", "AIR-2012": "2012版标准", "AIR-2026-final": "2026版标准（正式限值）"}
VALUE = """
    SELECT value FROM indicator_values WHERE indicator_code = ? AND region_code = ? AND period_type = 'month'
        AND period_start = ? AND edition IN (?, 'in-force') ORDER BY edition = 'in-force' LIMIT 1"""


def months_with_values(published: Any) -> list[str]:
    """Months (YYYY-MM) in which every city has a composite index, newest first."""
    found = published.ask(
        """SELECT strftime(period_start, '%Y-%m') FROM indicator_values
        WHERE indicator_code = 'air_composite_index' AND edition = 'in-force' AND period_type = 'month'
            AND region_level = 'city'
        GROUP BY period_start HAVING count(value) = 11 ORDER BY period_start DESC"""
    )
    return [month for (month,) in found]


def label(month: str) -> str:
    """2026-09 → 2026年9月."""
    return f"{month[:4]}年{int(month[5:])}月"


def month_query(month: str, **more: str) -> str:
    """Address of a month's view."""
    return "?" + "&".join(
        f"{name}={value}" for name, value in {"kind": "月度", "period-month": label(month), **more}.items()
    )


def expect_figures(visit: Any, published: Any, region: str, month: str, edition: str = "in-force") -> None:
    """The four key figures of a city in a month are exactly those of the publication."""
    for code, decimals in DECIMALS.items():
        ((value,),) = published.ask(VALUE, code, region, f"{month}-01", edition)
        card = visit.figure(code, region)
        if value is None:
            expect(card.locator(".none")).to_have_text("暂无有效值")
            expect(card.locator(".reason")).not_to_be_empty()
        else:
            expect(card.locator(".number")).to_have_text(f"{value:.{decimals}f}")


def test_the_page_says_what_it_shows(visit: Any, published: Any) -> None:
    visit.open()
    expect(visit.page.locator("h1")).to_have_text("浙里蓝天")
    expect(visit.page.locator(".facts")).to_contain_text(published.first)
    ((latest,),) = published.ask("SELECT strftime(max(interval_end_at), '%Y年%-m月%-d日 %H:%M') FROM air_city_hour")
    expect(visit.page.locator(".facts")).to_contain_text(latest)
    expect(visit.page.locator("footer.el")).to_contain_text(published.first)


def test_simulated_data_are_marked_wherever_one_looks(visit: Any) -> None:
    visit.open()
    banner = visit.page.locator(".simulated")
    expect(banner).to_contain_text("模拟数据")
    visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1e6)")
    expect(visit.page.locator("footer.el")).to_be_in_viewport()
    expect(banner).to_be_in_viewport(ratio=1)


def test_the_map_draws_eleven_cities_with_their_values(visit: Any, published: Any) -> None:
    month = months_with_values(published)[0]
    visit.open(month_query(month))
    shapes = visit.page.locator('[aria-roledescription="geoshape"]')
    expect(shapes).to_have_count(11)
    drawn = shapes.evaluate_all(
        """all => all.map(e => {
            const box = e.getBBox();
            return [e.getAttribute('aria-label'), box.width * box.height, e.getAttribute('fill')];
        })"""
    )
    expected = published.ask(
        """SELECT name_zh, value FROM indicator_values JOIN dim_region USING (region_code)
        WHERE indicator_code = 'air_composite_index' AND edition = 'in-force' AND period_type = 'month'
            AND period_start = ? AND dim_region.region_level = 'city' AND parent_code = '330000'""",
        f"{month}-01",
    )
    said = {re.search(r"城市: (\w+)", text)[1]: re.search(r"综合指数: ([\d.]+)", text)[1] for text, _, _ in drawn}  # type: ignore[index]
    assert said == {name: f"{value:.2f}" for name, value in expected}
    assert min(area for _, area, _ in drawn) > 500
    assert len({fill for _, _, fill in drawn}) >= 3
    written = visit.page.locator("[data-testid=stVegaLiteChart]").first.locator("text").all_text_contents()
    assert {f"{value:.2f}" for _, value in expected} <= set(written)


def test_station_points_can_be_shown(visit: Any, published: Any) -> None:
    visit.open("?points=true")
    ((stations,),) = published.ask(
        "SELECT count(*) FROM dim_station WHERE region_code LIKE '33%' AND lon_deg IS NOT NULL"
    )
    expect(visit.page.locator('[aria-roledescription="circle"]')).to_have_count(stations)


def test_a_click_on_the_map_chooses_the_city(visit: Any, published: Any) -> None:
    month = months_with_values(published)[0]
    visit.open(month_query(month))
    visit.tap(visit.page.locator("[data-testid=stVegaLiteChart] text", has_text="金华市").last)
    expect(visit.page.get_by_role("combobox", name="设区市")).to_have_value("金华市")
    expect_figures(visit, published, "330700", month)
    visit.settle()
    visit.tap(visit.page.locator('[aria-roledescription="geoshape"][aria-label*="丽水市"]'), across=0.3, down=0.6)
    expect_figures(visit, published, "331100", month)


def test_choosing_city_period_and_edition_shows_their_values(visit: Any, published: Any) -> None:
    newest, earlier = months_with_values(published)[:2]
    visit.open()
    visit.press("月度")
    expect_figures(visit, published, HANGZHOU[0], newest)
    visit.choose("设区市", WENZHOU[1])
    expect_figures(visit, published, WENZHOU[0], newest)
    visit.choose("选择时段", label(earlier))
    expect_figures(visit, published, WENZHOU[0], earlier)
    for edition in ("AIR-2012", "AIR-2026-final"):
        visit.choose("评价标准版本", EDITIONS[edition])
        expect_figures(visit, published, WENZHOU[0], earlier, edition)
    found = published.ask(
        """SELECT count(DISTINCT value) FROM indicator_values WHERE indicator_code = 'air_composite_index'
        AND region_code = ? AND period_type = 'month' AND period_start = ?""",
        WENZHOU[0],
        f"{earlier}-01",
    )
    assert found[0][0] > 1, "the editions give one value: switching them proves nothing"


def test_limits_follow_the_edition(visit: Any, published: Any) -> None:
    month = months_with_values(published)[0]
    for edition in ("AIR-2012", "AIR-2026-final"):
        visit.open(month_query(month, edition=EDITIONS[edition]))
        ((limit,),) = published.ask(
            """SELECT DISTINCT limit_grade2 FROM air_city_period_limit WHERE edition = ? AND period_type = 'month'
            AND period_start = ? AND pollutant = 'pm25' AND statistic = 'mean'""",
            edition,
            f"{month}-01",
        )
        expect(visit.figure("air_pm25_mean", HANGZHOU[0])).to_contain_text(f"二级年均限值 {limit.normalize():f}，")


def test_an_address_is_a_view(visit: Any, published: Any) -> None:
    month = months_with_values(published)[1]
    visit.open(month_query(month, city=WENZHOU[1], edition=EDITIONS["AIR-2012"]))
    expect_figures(visit, published, WENZHOU[0], month, "AIR-2012")
    expect(visit.page.get_by_role("combobox", name="设区市")).to_have_value(WENZHOU[1])


def test_an_absent_value_says_why(visit: Any, published: Any) -> None:
    ((year,),) = published.ask("SELECT max(year(period_start)) FROM indicator_values WHERE period_type = 'year'")
    visit.open(f"?kind=全年&period-year={year}年（无有效值）")
    card = visit.figure("air_pm25_mean", HANGZHOU[0])
    expect(card.locator(".none")).to_have_text("暂无有效值")
    ((reason,),) = published.ask(
        """SELECT null_reason FROM indicator_values WHERE indicator_code = 'air_pm25_mean' AND region_code = ?
        AND period_type = 'year' AND year(period_start) = ?""",
        HANGZHOU[0],
        year,
    )
    valid, expected, *_ = re.findall(r"\d+", reason)
    expect(card).to_contain_text(f"有效天数不足：{valid}/{expected} 天有效")


def test_ranking_is_the_published_one(visit: Any, published: Any) -> None:
    month = months_with_values(published)[0]
    visit.open(month_query(month))
    rows = visit.page.locator("table.ranking tbody tr")
    expect(rows).to_have_count(11)
    shown = [(row.locator("td").nth(1).inner_text(), int(row.locator(".rank").inner_text())) for row in rows.all()]
    expected = published.ask(
        """SELECT name_zh, value::INTEGER FROM indicator_values JOIN dim_region USING (region_code)
        WHERE indicator_code = 'air_composite_rank' AND edition = 'in-force' AND period_type = 'month'
            AND period_start = ? AND parent_code = '330000' ORDER BY value, region_code""",
        f"{month}-01",
    )
    assert shown == expected


def test_the_calendar_shows_every_day_with_its_value_and_colour(visit: Any, published: Any) -> None:
    visit.open()
    expect(visit.page.locator(".month")).to_have_count(12)
    cells = visit.page.locator(".day").evaluate_all(
        "all => all.map(e => [e.dataset.date, e.innerText, e.className, getComputedStyle(e).backgroundColor])"
    )
    ((year, last),) = published.ask("SELECT year(max(local_date)), max(local_date)::VARCHAR FROM air_city_day")
    assert len(cells) == (366 if year % 4 == 0 else 365)
    held = published.ask(
        """SELECT a.period_start::DATE::VARCHAR, a.value::INTEGER, hex FROM indicator_values a
        JOIN indicator_values l USING (region_code, edition, period_type, period_start)
        JOIN air_levels ON aqi_edition = 'HJ-633-2026' AND level = l.value
        WHERE a.indicator_code = 'air_aqi' AND l.indicator_code = 'air_aqi_level' AND region_code = ?
            AND edition = 'in-force' AND period_type = 'day' AND year(a.period_start) = ?""",
        HANGZHOU[0],
        year,
    )
    expected = {
        day: (str(aqi), f"rgb({int(hex_[1:3], 16)}, {int(hex_[3:5], 16)}, {int(hex_[5:], 16)})")
        for day, aqi, hex_ in held
    }
    assert len(expected) > 100
    with_value = {
        day: (text, colour) for day, text, kind, colour in cells if "hatched" not in kind and "later" not in kind
    }
    assert with_value == expected
    assert {day for day, _, kind, _ in cells if "later" in kind} == {day for day, *_ in cells if day > last}
    assert all(text == "缺" for _, text, kind, _ in cells if "hatched" in kind)


def test_a_day_tells_its_primary_pollutant(visit: Any, published: Any) -> None:
    visit.open()
    day, primary = published.ask(
        """SELECT period_start::DATE, value_text FROM indicator_values WHERE indicator_code = 'air_primary_pollutant'
        AND region_code = ? AND edition = 'in-force' AND period_type = 'day' AND value_text = 'O3'
        ORDER BY period_start DESC LIMIT 1""",
        HANGZHOU[0],
    )[0]
    assert primary == "O3"
    cell = visit.page.locator(f'.day[data-date="{day}"]')
    cell.hover()
    assert "首要污染物：臭氧" in cell.evaluate("e => getComputedStyle(e, '::after').content")


def test_a_figure_tells_where_it_comes_from(visit: Any, published: Any) -> None:
    month = months_with_values(published)[0]
    visit.open(month_query(month))
    visit.page.locator(f".st-key-how-air_pm25_mean-{HANGZHOU[0]} button").click()
    dialog = visit.page.get_by_role("dialog")
    card, unit, standard = published.ask(
        "SELECT definition_zh, unit_zh, standard FROM catalog_indicators WHERE code = 'air_pm25_mean'"
    )[0]
    for fact in (card, unit, standard, "生态环境监测处", "已核对原文"):
        expect(dialog).to_contain_text(fact)
    ((batches,),) = published.ask(
        """SELECT count(DISTINCT (dataset, batch)) FROM indicator_values
        JOIN lineage_inputs USING (inputs_hash) JOIN lineage_batches
        ON lineage_batches.theme = lineage_inputs.theme AND lineage_batches.month = lineage_inputs.month
        WHERE indicator_code = 'air_pm25_mean' AND region_code = ? AND period_type = 'month' AND period_start = ?""",
        HANGZHOU[0],
        f"{month}-01",
    )
    assert batches > 0
    expect(dialog.locator("[data-batches]")).to_have_text(f"{batches} 个批次")
    expect(dialog.locator("tbody tr")).to_have_count(batches)
    citation = dialog.locator("code", has_text="内容哈希").inner_text()
    assert "模拟数据" in citation
    assert published.first in citation
    command = shlex.split(dialog.locator("code", has_text="ecolake trace").inner_text())
    assert command[:2] == ["ecolake", "trace"]
    found = pub.trace(published.lake, *command[2:5], edition=command[6], publication=command[8])
    expect(dialog.locator("[data-explained]")).to_have_text(f"{found.value['value']:.0f} 微克/立方米")


def test_any_figure_of_the_view_can_be_looked_up(visit: Any, published: Any) -> None:
    month = months_with_values(published)[0]
    visit.open(month_query(month))
    visit.choose("地区", WENZHOU[1])
    visit.choose("指标", "综合指数省内排名")
    visit.page.get_by_role("button", name="查这个数怎么来的").click()
    ((rank,),) = published.ask(VALUE, "air_composite_rank", WENZHOU[0], f"{month}-01", "in-force")
    expect(visit.page.get_by_role("dialog").locator("[data-explained]")).to_have_text(f"{rank:.0f} 位")


def test_the_download_is_the_publication(visit: Any, published: Any, tmp_path: Path) -> None:
    month, edition = months_with_values(published)[0], "AIR-2012"
    visit.open(month_query(month, edition=EDITIONS[edition]))
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=re.compile("下载本时段全部数值")).click()
    target = tmp_path / "figures.csv"
    download.value.save_as(target)
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    expected = published.ask(
        """SELECT v.indicator_code, v.region_code, v.edition, v.value, v.unit, v.coverage, v.status,
            coalesce(v.null_reason, ''), v.inputs_hash
        FROM indicator_values v JOIN dim_region r USING (region_code)
        WHERE v.period_type = 'month' AND v.period_start = ? AND r.region_level IN ('province', 'city')
            AND (region_code = '330000' OR r.parent_code = '330000')
            AND v.edition = CASE WHEN (SELECT bool_and(a.edition = 'in-force') FROM indicator_values a
                WHERE a.indicator_code = v.indicator_code) THEN 'in-force' ELSE ? END""",
        f"{month}-01",
        edition,
    )
    held = {(code, region): rest for code, region, *rest in expected}
    assert len(rows) == len(held) > 200
    for row in rows:
        under, value, unit, coverage, status, reason, inputs = held[row["indicator_code"], row["region_code"]]
        assert (Decimal(row["value"]) if row["value"] else None) == value
        assert Decimal(row["coverage"]) == coverage
        shown = (row["edition"], row["unit"], row["status"], row["null_reason"], row["inputs_hash"])
        assert shown == (under, unit, status, reason, inputs)
        assert (row["publication_id"], row["simulated"]) == (published.first, "true")


def test_the_page_follows_the_pointer_and_never_mixes(visit: Any, published: Any) -> None:
    visit.open()
    expect(visit.page.locator(".facts")).to_contain_text(published.first)
    published.show(published.second)
    visit.choose("设区市", WENZHOU[1])
    expect(visit.page.locator("footer.el")).to_contain_text(published.second)
    expect(visit.page.locator(".facts code")).to_have_text(published.second)
    assert published.first not in visit.page.locator("[data-testid=stMain]").inner_text()


def test_a_restated_value_says_what_it_was(visit: Any, published: Any) -> None:
    published.show(published.second)
    code, city, day, before, after, name, decimals = published.ask(
        """SELECT r.indicator_code, d.name_zh, r.period_start::DATE, r.value_before, r.value_after, c.name_zh,
            c.decimals
        FROM restatements r JOIN dim_region d USING (region_code) JOIN catalog_indicators c ON c.code = r.indicator_code
        WHERE r.period_type = 'day' AND r.edition = 'in-force' AND r.region_level = 'city'
            AND r.indicator_code LIKE 'air_%_day' AND r.value_before IS NOT NULL AND r.value_after IS NOT NULL
        ORDER BY ALL LIMIT 1""",
        publication=published.second,
    )[0]
    visit.open(f"?kind=单日&day={day}&city={city}")
    visit.choose("地区", city)
    visit.choose("指标", name)
    visit.page.get_by_role("button", name="查这个数怎么来的").click()
    dialog = visit.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"上一发布为 {before:.{decimals}f}，本次为 {after:.{decimals}f}（修订）")
    expect(dialog).to_contain_text("已修订")
    expect(dialog.locator("[data-explained]")).to_have_attribute("data-explained", code)


def test_one_day_of_all_cities(visit: Any, published: Any) -> None:
    ((day,),) = published.ask("SELECT max(local_date) FROM air_city_day")
    visit.open("?kind=单日")
    held = published.ask(
        """SELECT name_zh, value::INTEGER, value_text FROM indicator_values JOIN dim_region USING (region_code)
        WHERE indicator_code = 'air_aqi' AND edition = 'in-force' AND period_type = 'day' AND period_start = ?
            AND parent_code = '330000' AND dim_region.region_level = 'city'""",
        day,
    )
    rows = visit.page.locator("table.ranking tbody tr")
    expect(rows).to_have_count(11)
    expect(visit.page.locator("table.ranking")).to_contain_text("首要污染物")
    shown = {row.locator("td").nth(1).inner_text(): row.locator("td").nth(2).inner_text() for row in rows.all()}
    assert shown == {name: f"{aqi} {level}" for name, aqi, level in held}


def test_quality_facts_add_up(visit: Any, published: Any) -> None:
    visit.open()
    visit.page.get_by_text("目录与质量", exact=True).click()
    visit.page.get_by_role("menuitem", name="数据质量").click()
    expect(visit.page.locator("h1")).to_have_text("数据质量")
    cells = visit.page.locator('[data-table="reconciliation"] tr.total td')
    expect(cells).to_have_count(8)
    total = cells.all_inner_texts()
    ((batches, *counts),) = published.ask(
        "SELECT count(*), sum(rows_in), sum(accepted), sum(quarantined), sum(duplicates) FROM batches"
    )
    assert total[:7] == ["合计", f"{batches:,}", *(f"{int(n):,}" for n in counts), "闭合"]
    assert counts[0] == sum(counts[1:])
    expect(visit.page.locator('[data-table="doubts"]')).to_contain_text("city_min_share")
    expect(visit.page.locator(".simulated")).to_be_visible()


@pytest.mark.parametrize("visit", [{"width": 390, "height": 844}], indirect=True)
def test_a_telephone_shows_the_page_without_scrolling_sideways(visit: Any) -> None:
    visit.open()
    expect(visit.page.locator('[aria-roledescription="geoshape"]')).to_have_count(11)
    assert visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    expect(visit.page.locator(".simulated")).to_be_in_viewport()
