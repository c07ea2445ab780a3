"""知识库: what is asked stands in the address; an entity's page says what ``catalog.kb`` answers (plan_world.sql)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from catalog import kb
from catalog.lake import Lake
from catalog.publication import open_publication
from streamlit_app.knowledge_wording import link, source_words


@pytest.fixture
def show(planned: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open the page by an address: ``show(entity="term:不变价")``."""
    monkeypatch.setenv("ECOLAKE_LAKE", str(planned.root))

    def run() -> None:
        from catalog.lake import Lake
        from streamlit_app.source import current_publication
        from streamlit_app.views import knowledge

        knowledge.render(current_publication(Lake.from_env()))

    def start(**address: str) -> AppTest:
        app = AppTest.from_function(run, default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return start


def html_of(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def words_of(app: AppTest) -> str:
    """The page without its tags and its title."""
    plain = " ".join(re.sub(r"<[^>]+>", " ", html_of(app)).split())
    return plain.partition("可以转给别人 ")[2]


def test_a_question_in_the_address_is_answered_with_citations(show: Callable[..., AppTest]) -> None:
    assert words_of(show(ask="HJ 633-2026")) == (
        "检索结果 “HJ 633-2026”：文本 1 条，另有名称相符的条目 0 个 "
        "标准 HJ 633-2026 空气质量指数技术规定 日报六项 出处：标准原文"
    )


def test_names_are_found_beside_texts_each_area_with_its_time(show: Callable[..., AppTest]) -> None:
    app = show(ask="拱墅区")
    assert words_of(app) == (
        "检索结果 “拱墅区”：文本 1 条，另有名称相符的条目 2 个 "
        "区划调整 区划调整 HZ/330105 拱墅区与此前下城区之和可比 出处：区划调整表 "
        "县（市、区） 拱墅区 至 2021-04-08 把握：据一般了解，待核对原文 "
        "县（市、区） 拱墅区 自 2021-04-09 把握：据一般了解，待核对原文"
    )
    assert 'href="?entity=county%3A330105%402021-04-09&ask=%E6%8B%B1%E5%A2%85%E5%8C%BA"' in html_of(app)


def test_a_region_has_its_history_and_the_group_that_compares(show: Callable[..., AppTest]) -> None:
    assert words_of(show(entity="county:330105@2021-04-09")) == (
        "浏览全部 拱墅区 类别 县（市、区） 代码 330105 有效期 自 2021-04-09 把握 据一般了解，待核对原文 "
        "出处 领域资料第8节 "
        "同一代码先后代表的区域 代码 330105；同码不同界，不是同一个统计区域 区域 有效期 "
        "拱墅区 至 2021-04-08 拱墅区 自 2021-04-09 "
        "前身与后继 份额为前身归入后继的部分 关系 区域 份额 "
        "前身为 下城区 县（市、区） 至 2021-04-08 100% 前身为 拱墅区 县（市、区） 至 2021-04-08 未知 "
        "跨调整可比的组 1 组 2021年4月9日调整 拱墅区与此前下城区、拱墅区之和可比 "
        "调整前之和 调整后之和 下城区 330103 拱墅区 330105 拱墅区 330105 "
        "关系 关系 条目 位于（1） 杭州市 设区市"
    )


def test_a_city_lists_the_changes_of_its_counties(show: Callable[..., AppTest]) -> None:
    shown = words_of(show(entity="city:330100"))
    assert "跨调整可比的组 1 组 2021年4月9日调整" in shown
    assert "包含（2） 下城区 县（市、区） 至 2021-04-08 拱墅区 县（市、区） 自 2021-04-09" in shown


def test_a_section_has_what_lies_upstream_and_beside_it(show: Callable[..., AppTest]) -> None:
    shown = words_of(show(entity="section:S1"))
    assert (
        "上游 2 处，按其间的汇流次数由近到远 汇流次数 名称 类别 1 富阳 断面 1 富春江 水体 "
        "同一水体上的断面（名录未载上下游次序）： 袁浦" in shown
    )


def test_a_standard_has_the_indicators_computed_under_it(show: Callable[..., AppTest]) -> None:
    shown = words_of(show(entity="standard:HJ-633-2026"))
    assert "内容 日报六项 把握 已核对原文 出处 标准原文 关系 关系 条目 据此计算（1） 空气质量指数 指标" in shown


def test_a_target_says_how_much_by_when_and_whose(show: Callable[..., AppTest]) -> None:
    app = show(entity="target:PLN-03-04")
    assert (
        "目标 ≥ 11 个设区市 年份 2025年 条款 第三条 构建监测网络 牵头 省生态环境厅 责任单位 省生态环境厅、省气象局 "
        "查看判定" in words_of(app)
    )
    assert '<a href="plan" target="_self">查看判定</a>' in html_of(app)


def test_a_term_has_its_definition_in_both_languages_and_a_way_back(show: Callable[..., AppTest]) -> None:
    assert words_of(show(entity="term:不变价", ask="价格")) == (
        "浏览全部 返回“价格”的检索结果 不变价 定义 用固定年份价格计值 类别 术语 出处 领域资料第4.2节 "
        "英文 constant prices 把握 据一般了解，把握不大，待核对原文"
    )


def test_a_change_of_regions_names_both_sides(show: Callable[..., AppTest]) -> None:
    shown = words_of(show(entity="region_change:HZ/330105"))
    assert "调整前之和 调整后之和 下城区 330103 拱墅区 330105 拱墅区 330105" in shown


def test_without_a_question_everything_can_be_browsed(show: Callable[..., AppTest]) -> None:
    assert words_of(show(kind="断面")) == (
        "断面 3 个 名称 代码 有效期 把握 富阳 S0 — 据来源名录 闸口 S1 — 据来源名录 袁浦 S2 — 据来源名录"
    )
    assert words_of(show(kind="术语")) == "术语 1 个 术语 定义 不变价 用固定年份价格计值"


def test_a_new_question_leaves_the_entity(show: Callable[..., AppTest]) -> None:
    app = show(entity="term:不变价")
    app.text_input(key="ask").set_value("HJ 633-2026").run()
    assert words_of(app).startswith("检索结果 “HJ 633-2026”")
    assert "entity" not in app.query_params


def test_what_is_unknown_is_said_with_what_comes_near(show: Callable[..., AppTest]) -> None:
    shown = words_of(show(entity="county:330109"))
    assert "知识库答不出“county:330109”。" in shown
    assert "county:330103 下城区" in shown


def test_a_publication_without_the_library_says_so(
    show: Callable[..., AppTest], themed: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECOLAKE_LAKE", str(themed.root))
    assert words_of(show()).startswith("当前发布中没有知识库。")


def test_sources_are_told_in_chinese_and_unknown_ones_as_they_are() -> None:
    said = source_words("NBS division codes to 2022-10-31; in time: change HZ-2021")
    assert said == "国家统计局区划代码（至2022-10-31）；有效期据区划调整 HZ-2021"
    assert source_words("HJ 212-2017") == "HJ 212-2017"


def test_names_found_put_the_exact_one_first(planned: Lake) -> None:
    with open_publication(planned).connect() as library:
        assert [e.entity_id for e in kb.named(library, "江")] == ["water:富春江", "water:钱塘江"]
        assert [e.name_zh for e in kb.named(library, "330105")] == ["拱墅区", "拱墅区"]
        assert kb.named(library, "100%") == []


def test_a_link_is_safe_in_an_address_and_on_a_page() -> None:
    assert (
        link("section:浙|甲", "<甲>")
        == '<a href="?entity=section%3A%E6%B5%99%7C%E7%94%B2" target="_self">&lt;甲&gt;</a>'
    )
