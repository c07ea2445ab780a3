"""Any theme's page from its cards: an invented one, 芦苇, of sections, cities and a province (theme_world.sql)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from catalog.lake import Lake
from catalog.publication import Publication, open_publication
from catalog.themes import theme_of
from streamlit_app import holdings
from streamlit_app.figures import load
from streamlit_app.periods import month_period
from streamlit_app.places import Region
from streamlit_app.registry import menu
from streamlit_app.rules import targets
from streamlit_app.views import theme as theme_page
from streamlit_app.wording import target_words

MARCH = month_period(2026, 3)
PROVINCE = Region("330000", "province", "浙江省")


@pytest.fixture
def themed_publication(themed: Lake) -> Publication:
    return open_publication(themed)


@pytest.fixture
def show(themed: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Open a page of the themed lake: a theme's by its code, else a module of ``views``."""
    monkeypatch.setenv("ECOLAKE_LAKE", str(themed.root))

    def start(name: str) -> AppTest:
        def page(name: str) -> None:
            from importlib import import_module

            from catalog.lake import Lake
            from catalog.themes import theme_of
            from streamlit_app.source import current_publication
            from streamlit_app.views import theme

            publication = current_publication(Lake.from_env())
            if name in ("catalog", "quality", "about"):
                import_module(f"streamlit_app.views.{name}").render(publication)
            else:
                theme.render(publication, theme_of(name))

        return AppTest.from_function(page, args=(name,), default_timeout=60).run()

    return start


def html_of(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def words_of(app: AppTest) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html_of(app)).split())


def card_of(app: AppTest, code: str) -> str:
    """A key figure's card without its tags."""
    body = next(e.proto.body for e in app.get("html") if f'class="figure" data-code="{code}"' in e.proto.body)
    return " ".join(re.sub(r"<[^>]+>", " ", str(body)).split())


def rows_of(app: AppTest, table: str) -> list[list[str]]:
    """Cells of the body rows of a table."""
    found = re.search(rf'<table class="{table}".*?<tbody>(.*?)</tbody>', html_of(app), re.DOTALL)
    assert found is not None
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", found[1], re.DOTALL)
    return [[" ".join(re.sub(r"<[^>]+>", " ", c).split()) for c in re.findall(r"<td.*?</td>", r)] for r in rows]


def test_a_key_figure_has_value_interval_change_target_gap_coverage_and_status(show: Callable[[str], AppTest]) -> None:
    assert card_of(show("reed"), "reed_cover") == (
        "芦苇覆盖率 41.5 % 区间 39.9 至 43.1 同比上升 2.5 个百分点 ▲ 好转 "
        "试点目标（2027年）≥ 45，差 3.5% 覆盖率 100.0% 已核实"
    )


def test_a_class_is_shown_with_its_name_and_without_good_or_bad(show: Callable[[str], AppTest]) -> None:
    assert card_of(show("reed"), "reed_class") == "芦苇等级 2 Ⅱ级 覆盖率 100.0% 已核实"


def test_only_levels_periods_and_regions_with_values_are_offered(show: Callable[[str], AppTest]) -> None:
    app = show("reed")
    assert app.selectbox(key="level").options == ["省", "设区市", "断面"]
    assert app.selectbox(key="period-month").options == ["2026年3月", "2026年2月"]
    app.selectbox(key="level").set_value("city").run()
    assert app.selectbox(key="period-month").options == ["2026年3月"]
    assert app.selectbox(key="region").options == ["宁波市"]
    app.selectbox(key="level").set_value("section").run()
    assert app.selectbox(key="region").options == ["闸口", "袁浦"]


def test_a_ranking_of_sections_keeps_to_their_city_and_opens_to_all_with_reasons(
    show: Callable[[str], AppTest],
) -> None:
    app = show("reed")
    app.selectbox(key="level").set_value("section").run()
    assert rows_of(app, "plain ranking") == [["1", "闸口", "50.0", "—"], ["2", "袁浦", "30.0", "—"]]
    app.segmented_control(key="scope").set_value("all").run()
    assert rows_of(app, "plain ranking")[-1] == ["—", "闸口", "原因代码 unheard_of: 1 of 2", "—"]
    assert "共 3 个，1 个无有效值。" in words_of(app)


def test_a_city_without_a_value_says_why(show: Callable[[str], AppTest]) -> None:
    app = show("reed")
    app.selectbox(key="level").set_value("city").run()
    assert rows_of(app, "plain ranking") == [["1", "宁波市", "44.0", "—"], ["—", "杭州市", "有效监测点位不足", "—"]]


def test_definition_owner_and_caveat_stand_beside_the_trend(show: Callable[[str], AppTest]) -> None:
    shown = words_of(show("reed"))
    assert "趋势 浙江省 · 芦苇覆盖率" in shown
    assert "算法 芦苇面积 ÷ 岸带面积 × 100 依据标准 虚构规范 3.2 责任单位 水生态处 注意 冬季不测" in shown


def test_the_newest_period_is_the_themes_own(show: Callable[[str], AppTest], themed_publication: Publication) -> None:
    assert "最新时段 2026年3月" in words_of(show("reed"))
    newest = holdings.newest(themed_publication, "reed")
    assert newest is not None
    assert (newest.code, newest.end.isoformat()) == ("2026-03", "2026-03-31")


def test_the_trend_holds_every_period_and_its_interval(themed_publication: Publication) -> None:
    series = holdings.series(themed_publication, "reed_cover", PROVINCE, "month", "AIR-2012")
    rows = [(str(start), str(value), lower and str(lower)) for start, value, _, lower, *_ in series.iter_rows()]
    assert rows == [("2026-02-01", "38.0000", None), ("2026-03-01", "41.5000", "39.9000")]


def test_the_download_holds_every_region_of_the_level(themed_publication: Publication) -> None:
    spots = holdings.spots(themed_publication, "reed", "section", MARCH)
    choice = theme_page.ThemeChoice("section", MARCH, spots[0], spots, "in-force")
    lines = theme_page._download(themed_publication, "reed", choice).decode("utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == ["S1", "S2", "S3"]
    assert lines[3].split(",")[9] == ""


def test_a_target_that_counts_otherwise_is_told_without_a_gap(themed_publication: Publication) -> None:
    figures = load(themed_publication, "in-force", MARCH, [PROVINCE], ("reed_class",))
    target = targets(themed_publication)["REED-01"]
    assert target_words(figures.get("reed_class", "330000"), target) == "试点目标（2027年）≥ 45：芦苇覆盖率不低于45%"


def test_the_menu_holds_what_the_publication_has_values_of(
    themed_publication: Publication, published: Publication
) -> None:
    titles = {group: [page.title for page in pages] for group, pages in menu(themed_publication).items()}
    about = ["指标目录", "知识库", "数据质量", "关于本发布"]
    assert titles == {"主题": ["浙里蓝天", "reed"], "专题": ["监测网络与设备"], "目录与质量": about}
    assert [page.title for page in menu(published)["主题"]] == ["浙里蓝天"]
    assert list(menu(None)) == ["主题", "目录与质量"]


def test_an_unknown_theme_goes_by_its_code() -> None:
    assert theme_of("reed").title_zh == "reed"


def test_the_catalog_lists_indicators_by_theme_and_finds_them(show: Callable[[str], AppTest]) -> None:
    app = show("catalog")
    app.text_input(key="q").set_value("芦苇 岸带").run()
    assert "共 3 个指标，其中 3 个在本发布中有数值。" in words_of(app)
    app.selectbox(key="theme").set_value("reed").run()
    assert "共 2 个指标，其中 2 个在本发布中有数值。" in words_of(app)
    assert rows_of(app, 'plain" data-table="catalog-reed')[1] == [
        "芦苇覆盖率 reed_cover",
        "断面上下游一公里内芦苇面积占岸带面积的比例 芦苇面积 ÷ 岸带面积 × 100 注意：冬季不测",
        "虚构规范 3.2 存疑",
        "% 越高越好",
        "月度、全年 断面、设区市、省",
        "水生态处",
        "5 个 最新 2026年3月",
    ]
    assert 'href="reed"' in html_of(app)


def test_quality_counts_by_theme(show: Callable[[str], AppTest]) -> None:
    app = show("quality")
    themes = {row[0]: row[1:] for row in rows_of(app, 'plain" data-table="themes')}
    assert [cell.split(" ")[0] for cell in themes["reed"]] == ["2", "8", "6", "75.0%", "83.8%", "2026年3月"]
    absences = [row for row in rows_of(app, 'plain" data-table="absences') if row[0] == "reed"]
    assert [row[1] for row in absences] == ["有值", "有效监测点位不足", "原因代码 unheard_of"]


def test_about_says_what_the_publication_is(show: Callable[[str], AppTest]) -> None:
    assert "数据性质 模拟数据" in words_of(show("about"))
