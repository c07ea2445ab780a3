"""试点任务: the published verdicts with their rule, and what stands behind each system (plan_world.sql)."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from catalog.lake import Lake
from catalog.metrics import catalogued
from catalog.publication import Publication, open_publication
from orchestration.whereabouts import find
from streamlit_app import plan, plan_wording
from streamlit_app.exports import table_csv
from streamlit_app.periods import month_period
from streamlit_app.registry import menu

MARCH = month_period(2026, 3)


@pytest.fixture
def publication(planned: Lake) -> Publication:
    return open_publication(planned)


@pytest.fixture
def page(planned: Lake, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ECOLAKE_LAKE", str(planned.root))

    def run() -> None:
        from catalog.lake import Lake
        from streamlit_app.source import current_publication
        from streamlit_app.views import plan

        plan.render(current_publication(Lake.from_env()))

    return AppTest.from_function(run, default_timeout=60).run()


def html_of(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(element.proto.body) for element in app.get("html")]


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def card_of(app: AppTest, code: str) -> str:
    return plain(next(body for body in html_of(app) if f'class="figure" data-code="{code}"' in body))


def tally(app: AppTest, name: str) -> dict[str, int]:
    body = next(body for body in html_of(app) if f'data-tally="{name}"' in body)
    return {code: int(n) for code, n in re.findall(r'data-code="(\w+)"><b>(\d+)', body)}


def rows_of(app: AppTest) -> list[str]:
    body = next(body for body in html_of(app) if 'data-table="systems"' in body)
    return [plain(row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body.partition("<tbody>")[2], re.DOTALL)]


def test_the_strip_counts_the_published_verdicts_and_names_the_day_judged(page: AppTest) -> None:
    assert tally(page, "verdicts") == {
        "reached": 1,
        "on_track": 0,
        "behind": 1,
        "due_not_reported": 1,
        "due_missed": 1,
        "no_year_set": 1,
        "not_due_yet": 1,
    }
    shown = plain("\n".join(html_of(page)))
    assert "目标判定 判定日 2026年3月31日（当月最后已知日） · 6 项目标" in shown
    assert "自2024年1月1日的起点值匀速到到期日的目标值（起算日原文未写，存疑）" in shown


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "PLN-01-01",
            "总体架构成形 暂无数值 目标 完成（2025年） 到期未报 2025年12月31日已到期，台账和报送均无数值",
        ),
        (
            "PLN-03-04",
            "开展温室气体监测的设区市数 1 个设区市 目标 11 个设区市（2025年） 完成 9.1%，差 10 个设区市 "
            "到期未达 2025年12月31日已到期，现值低于目标值",
        ),
        ("PLN-03-05", "电磁辐射网建成 暂无数值 目标 完成（2027年） 未到期待报 2027年12月31日到期，尚无数值可判"),
        (
            "PLN-10-01",
            "绿色低碳工业园区数 11 个 目标 50 个（2027年） 完成 22.0%，差 39 个 "
            "滞后 2027年12月31日到期，现值低于线性路径值 28.11 个",
        ),
        (
            "PLN-10-02",
            "绿色低碳工厂数 510 家 目标 500 家（2024年） 完成 102.0%，超出 10 家 "
            "已达成 现值达到目标值，最早见于2025年2月28日，逾期达成",
        ),
        (
            "PLN-10-03",
            "屋顶光伏覆盖率 74.5% 目标 100%（原文未写年份） 完成 74.5%，差 25.5% "
            "未定年份 原文未写年份且未达到目标值，不推定年份，不判快慢",
        ),
    ],
)
def test_a_card_says_value_target_gap_verdict_and_rule(page: AppTest, code: str, said: str) -> None:
    assert card_of(page, code) == said


def test_the_bar_is_the_share_reached_and_its_mark_the_path(page: AppTest) -> None:
    body = next(body for body in html_of(page) if 'class="figure" data-code="PLN-10-01"' in body)
    assert '<div class="gauge"><i style="width:22.0%"></i><u style="left:56.2%"></u></div>' in body


def test_targets_stand_by_clause_with_their_units_main_goals_first(page: AppTest) -> None:
    heads = [plain(body) for body in html_of(page) if body.startswith('<div class="el"><h2>')]
    assert [head for head in heads if "责任单位" in head] == [
        "主要目标 责任单位：原文未写",
        "第三条 构建监测网络 责任单位：省生态环境厅、省气象局",
        "第十条 改造传统行业 责任单位：省经信厅",
    ]


def test_the_inputs_of_a_verdict_stand_as_stored_with_the_publications_names(page: AppTest) -> None:
    stored = next(plain(body) for body in html_of(page) if "<h2>PLN-10-01 " in body)
    assert "判定 滞后" not in stored, "a field without a published name goes by its own"
    assert "verdict 滞后 路径值 28.11 value_at_start 0 reached_by 无" in stored
    assert "value_source 台账 numerator 11 数据集 绿色园区名单、unheard__of" in stored


def test_a_target_with_a_published_progress_leads_to_its_origin(page: AppTest) -> None:
    assert [button.key for button in page.button] == ["how-PLN-10-01"]


def test_systems_say_what_serves_them_what_does_not_and_why(page: AppTest) -> None:
    assert tally(page, "states") == {"values": 1, "no_values": 0, "no_indicator": 1, "no_dataset": 1, "silent": 1}
    # 4 values of PM2.5 in small_world.sql and 1 of the parks; of two datasets the parks' alone came in
    assert rows_of(page) == [
        "第三条 构建监测网络 牵头：省生态环境厅",
        "游园通 不报送数据 外部应用，不报送数据 — — —",
        "环境舆情 应有数据，尚无数据集 — — —",
        "电磁网 有数据集，尚无指标 1 个，其中 0 个进入本发布的计算 电磁辐射监测 — —",
        "第十条 改造传统行业 牵头：省经信厅",
        "绿色工厂 有数值 2 个，其中 1 个进入本发布的计算 绿色工厂名单、绿色园区名单 浙里蓝天 1、 试点任务 1 5",
    ]


def test_systems_can_be_narrowed_to_one_state(page: AppTest) -> None:
    page.selectbox(key="state").set_value("silent").run()
    assert rows_of(page) == ["第三条 构建监测网络 牵头：省生态环境厅", "游园通 不报送数据 外部应用，不报送数据 — — —"]


def test_both_tables_are_downloaded_as_published_with_their_publication(publication: Publication) -> None:
    lines = table_csv(publication, plan.PROGRESS).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("code,month,judged_on,")
    assert lines[0].endswith(",publication_id,content_hash,simulated")
    assert [line.split(",")[0] for line in lines[1:]] == [task.code for task in plan.tasks(publication, MARCH)]
    assert lines[1].endswith(f",{publication.id},{publication.manifest.content_hash},true")
    assert len(table_csv(publication, plan.COVERAGE).decode("utf-8-sig").splitlines()) == 5


def test_verdicts_are_called_as_their_cards_call_them(publication: Publication) -> None:
    names = dict(catalogued(publication).select("code", "name_zh").iter_rows())
    # the one card with a shorter code
    codes = {code: code.removesuffix("_set") if code == "no_year_set" else code for code in plan_wording.VERDICTS}
    assert {code: names[f"plan_targets_{card}"] for code, card in codes.items()} == {
        code: f"{said.zh}的试点目标数" for code, said in plan_wording.VERDICTS.items()
    }


def test_without_its_tables_the_plan_is_not_taken_for_published(published: Publication) -> None:
    assert not plan.is_published(published)


def test_its_address_is_what_where_tells(planned: Lake, publication: Publication) -> None:
    assert [page.path for page in menu(publication)["专题"]] == ["plan"]
    assert find(planned, "pln_10_01_progress")["pages"] == [
        "试点任务 Tasks of the plan: /plan",
        "指标目录 Catalog: /catalog?q=pln_10_01_progress",
    ]
    assert find(planned, "air_pm25_mean")["pages"][0] == "浙里蓝天 Air: /"
    assert (
        find(planned, "enforcement_clues")["pages"][0]
        == "执法监管 Enforcement: no value in the publication, so no page"
    )


def test_where_says_when_nothing_is_published(lake: Lake) -> None:
    assert find(lake, "air_pm25_mean")["pages"][0] == "浙里蓝天 Air: no publication, so no page yet"
