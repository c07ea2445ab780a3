"""努力评价: what is shown is what was published, with reasons where there is no number (effort_world.sql)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from catalog import publication as pub
from catalog.effort import reading as effort
from catalog.lake import Lake
from catalog.publication import Publication
from streamlit_app.exports import table_csv
from streamlit_app.registry import menu

WORLD = Path(__file__).with_name("effort_world.sql")
SPECS = tuple(
    pub.TableSpec(name=name, key=key, grain="one row per key")
    for name, key in (
        ("effort_editions", ("effort_edition",)),
        ("effort_items", ("effort_edition", "item")),
        ("effort_score", ("effort_edition", "series_key", "item", "year")),
        ("effort_month", ("effort_edition", "series_key", "month_start")),
        ("effort_model", ("effort_edition", "series_key", "kind", "name", "nth")),
        ("effort_backtest", ("effort_edition", "series_key", "kind", "name", "year")),
    )
)


@pytest.fixture(scope="module")
def lake(publish_again: Callable[..., Publication], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake whose publication holds the evaluation of ``effort_world.sql``."""
    made = Lake(tmp_path_factory.mktemp("effort"))
    publish_again(made, index=None, more=WORLD, tables=SPECS)
    return made


@pytest.fixture(scope="module")
def publication(lake: Lake) -> Publication:
    return pub.open_publication(lake)


def opened(at: Lake, monkeypatch: pytest.MonkeyPatch, **chosen: str) -> AppTest:
    """The page, with what is chosen by the keys of its controls."""
    monkeypatch.setenv("ECOLAKE_LAKE", str(at.root))

    def run() -> None:
        from catalog.lake import Lake
        from streamlit_app.source import current_publication
        from streamlit_app.views import effort

        effort.render(current_publication(Lake.from_env()))

    app = AppTest.from_function(run, default_timeout=60).run()
    for key, value in chosen.items():
        app.selectbox(key=key.replace("_", "-")).set_value(value).run()
    return app


@pytest.fixture
def page(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page on PM2.5."""
    return opened(lake, monkeypatch, effort_item_air="pm25")


def html_of(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(element.proto.body) for element in app.get("html")]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def text_of(app: AppTest) -> str:
    return plain("\n".join(html_of(app)))


def rows_of(app: AppTest, table: str) -> list[str]:
    body = next(body for body in html_of(app) if f'data-table="{table}"' in body)
    return [plain(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body.partition("<tbody>")[2], re.DOTALL)]


def test_the_first_sentence_counts_the_grades(page: AppTest) -> None:
    counts = "努力使浓度明显下降 1 市，未见证据 1 市，上升 1 市，不可评价 1 市。"
    assert f"与2025年同期相比，2026年1—10月全省 4 市（PM2.5）：{counts}" in text_of(page)


def test_places_stand_by_effort_and_one_that_cannot_be_assessed_has_a_reason_and_no_number(page: AppTest) -> None:
    rows = rows_of(page, "effort-places")
    assert rows == [
        "宁波市 明显下降 −10.4% −16.5% 至 −3.9% −14.8% −4.9% 达标",
        "杭州市 未见证据 −4.9% −11.1% 至 +1.9% +3.5% +8.8% 不达标",
        "温州市 上升 +16.2% +9.4% 至 +23.4% +22.1% +5.1% 不达标",
        "舟山市 不可评价 模型检验效率过低，分不清天气与噪声：留出整月检验，天气解释了方差的 0.12，至少需 0.2 达标",
    ]
    assert "%" not in rows[-1]
    # 杭州 overlaps 宁波 alone: [−11.8, 1.9] holds −4.0, 温州 begins at +9.0
    assert "努力 × 天气" in text_of(page)
    assert "不排名次：3 对中有 1 对区间相互重叠，彼此分不出高下" in text_of(page)
    assert not re.search(r"第\s*\d+\s*名|名次</th>", text_of(page))


def test_one_place_says_its_split_beside_the_legal_result_it_never_replaces(page: AppTest) -> None:
    said = text_of(page)
    assert "杭州市 PM2.5比基准同期 +3.5%，其中努力 −4.9%（90%区间 −11.1% 至 +1.9%），天气 +8.8%。 未见证据" in said
    assert "法定评价（GB 3095 二级限值，2026年1—10月，PM2.5）：不达标。努力评价不替代法定达标结果。" in said
    assert "归一化浓度的变化不等于排放的变化" in said
    assert "（1＋努力）×（1＋天气）－1＝总变化，不是简单相加" in said


def test_all_pollutants_of_a_place_stand_side_by_side(page: AppTest) -> None:
    assert rows_of(page, "effort-items") == [
        "六项综合 未见证据 −3.6% −8.6% 至 +1.6% +1.6% +5.5% 不达标",
        "PM2.5 未见证据 −4.9% −11.1% 至 +1.9% +3.5% +8.8% 不达标",
        "二氧化氮 未见证据 −1.0% −5.8% 至 +4.1% −2.0% −1.0% 达标",
    ]


def test_all_together_comes_first_and_shows_the_months_of_one_pollutant(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(lake, monkeypatch)
    assert page.selectbox(key="effort-item-air").value == "all"
    assert page.selectbox(key="effort-detail").value == "pm25"
    said = text_of(page)
    assert "六项综合比基准同期 +1.6%" in said and "PM2.5比基准同期 +3.5%" in said
    assert "记录过短：可评价的污染物只占权重的 67%，至少需 75%" in said


def test_the_model_card_shows_blocked_beside_random_skill_and_its_warnings(page: AppTest) -> None:
    said = text_of(page)
    assert "0.51 整月留出（可信） 0.66 随机留出（偏乐观） 2.6% 评价期天气超出参考范围" in said
    assert "随机留出的检验效率明显高于整月留出" in said
    assert "自变量 日平均风速、星期（1＝周一）" in said
    assert "unheard_of 3" in said, "a setting without words keeps its name"
    assert "日平均风速" in said and "天气变量的影响曲线" in said
    assert not [body for body in html_of(page) if plain(body) == "星期（1＝周一）"], (
        "a curve of the calendar is no weather"
    )


def test_back_tests_say_how_many_passed_and_what_chance_would_do(page: AppTest) -> None:
    assert (
        "3 个日期上找“突变”，2 个通过（区间含零）。即使方法完全正确，也会有约 10%（0.3 个）因偶然不通过。"
        in text_of(page)
    )
    assert rows_of(page, "effort-tests") == [
        "安慰剂日期 2025年7月1日 突变 +1.0%（−4.9% 至 +7.3%） 通过",
        "安慰剂日期 2025年10月1日 突变 −2.0%（−7.7% 至 +4.1%） 通过",
        "安慰剂日期 2026年1月1日 突变 +12.7%（+5.1% 至 +20.9%） 未通过",
        "对照地 舟山市 未能检验：留出整月检验，天气解释了方差的 0.12，至少需 0.2 未检验",
        "截断回测 按2026年8月1日前的数据 未能检验：记录过短：记录 21 个月，需 24 个月 未检验",
    ]


def test_an_edition_that_nobody_approved_is_marked_and_its_facts_are_told(page: AppTest) -> None:
    said = text_of(page)
    assert "参考配置（未经批准） ：基准期、参考气象、方法和权重由本系统暂定" in said
    assert "基准期 2025年1月1日至2025年12月31日（最后一个完整年份）" in said
    assert "对照地 舟山市" in said
    assert "六项综合按：PM2.5 2、二氧化氮 1" in said


def test_a_score_leads_to_its_origin(page: AppTest) -> None:
    page.button(key="effort-how").click().run()
    assert not page.exception
    command = next(code.value for code in page.code if code.value.startswith("ecolake trace"))
    assert command.startswith("ecolake trace air_pm25_effort 330100 2026-ytd --edition EFF-AIR --publication ")


def test_water_that_cannot_be_assessed_shows_reasons_and_no_number(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(lake, monkeypatch, effort_theme="water")
    said = text_of(page)
    assert (
        "全省 1 个断面（总磷浓度）：努力使浓度明显下降 0 个断面，未见证据 0 个断面，上升 0 个断面，不可评价 1 个断面。"
        in said
    )
    assert "总磷浓度：全部不可评价，原因见下表；不给出任何数字。" in said
    assert rows_of(page, "effort-places") == ["闸口 不可评价 记录过短：样品跨 1.90 年，需 2 年"]
    assert [row.split()[0] for row in rows_of(page, "effort-items")] == ["总磷浓度", "总磷通量"]
    assert "努力 × 流量" not in said, "nothing to draw"
    assert "参考配置" not in said, "this edition is approved"
    assert "没有模型卡" in said and "没有可做的回测" in said
    assert not page.get("arrow_vega_lite_chart")


def test_an_edition_without_results_says_so(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(lake, monkeypatch, effort_theme="water", effort_edition_water="EFF-WATER-0")
    assert "“水旧版”还没有任何评价结果：基准期之后（2026年起）" in text_of(page)


def test_a_publication_without_the_tables_says_so(published: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(effort.absent(published)) == set(effort.NEEDED)
    page = opened(Lake(published.folder.parent.parent), monkeypatch)
    assert "当前发布中没有努力评价的表：effort_score、" in text_of(page)


def test_the_page_stands_in_the_menu_under_its_own_name(publication: Publication) -> None:
    assert [(page.title, page.path) for page in menu(publication)["专题"]] == [("努力评价", "effort")]


def test_the_tables_are_downloaded_as_published(publication: Publication) -> None:
    lines = table_csv(publication, effort.SCORES).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 9
    assert lines[0].endswith(",publication_id,content_hash,simulated")


def test_pairs_whose_intervals_overlap_are_counted(publication: Publication) -> None:
    scored = effort.scores(publication, edition="EFF-AIR", year=2026, item="pm25")
    assert effort.overlaps(scored) == (1, 3)
    assert [score.place_zh for score in effort.by_effort(scored)] == ["宁波市", "杭州市", "温州市", "舟山市"]


def test_a_row_that_cannot_be_assessed_has_no_split(publication: Publication) -> None:
    scored = effort.scores(publication, item="pm25")
    assert {score.grade for score in scored if score.split is None} == {"not_assessable"}
    for score in scored:
        if score.split is not None:
            assert score.split.total_log == pytest.approx(score.split.effort_log + score.split.luck_log, abs=1e-12)
