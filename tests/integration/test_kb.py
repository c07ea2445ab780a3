"""The knowledge library built by dbt over invented registers, published, and asked from the command line.

Facts of the plan, standards, terms and regions are the real ones; registers hold a few invented rows each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from catalog import kb
from catalog.indicators import catalog_rows
from catalog.lake import ENV_LAKE, Lake
from catalog.publication.build import build
from catalog.publication.manifest import CodeFacts
from catalog.publication.plan import PublicationFacts
from catalog.publication.reader import connect
from ingest.card import all_cards
from orchestration import transform
from orchestration.cli import UsageError
from orchestration.cli_kb import app
from orchestration.scratch import Inputs, prepare

REGISTERS = {
    "air__station_register": """station_code, station_name, city, lon_deg, lat_deg) AS (VALUES
        ('1223A', '滨江', '杭州', 120.2::DECIMAL(12,4), 30.2::DECIMAL(12,4))""",
    "water__section_register": """station_code, section_name, region_code, river_name) AS (VALUES
        ('浙江省|浙闽片河流|衢州甲', '衢州甲', '330800', '衢江'),
        ('浙江省|浙闽片河流|金华乙', '金华乙', '330700', '金华江'),
        ('浙江省|浙闽片河流|杭州丙', '杭州丙', '330105', '钱塘江'),
        ('浙江省|浙闽片河流|杭州丁', '杭州丁', '330100', '钱塘江'),
        ('浙江省|浙闽片河流|绍兴戊', '绍兴戊', '330600', '曹娥江')""",
    "ecology__outlet_register": """mn, outlet, enterprise, credit_code, medium, region_code, valid_from) AS (VALUES
        ('MN1', '总排口', '样例印染厂', '91330100MA00000001', 'water', '330106', DATE '2024-01-01'),
        ('MN2', '一号烟囱', '样例印染厂', '91330100MA00000001', 'gas', '330106', DATE '2024-01-01')""",
    "resources__green_factories": """credit_code, enterprise, region_code) AS (VALUES
        ('91330100MA00000001', '样例印染有限公司', '330106'), ('91330100MA00000002', '样例电子厂', '330114')""",
    "resources__industry_firms": """credit_code, enterprise, region_code) AS (VALUES
        ('91330100MA00000002', '样例电子有限公司', '330114')""",
    "resources__green_parks": """credit_code, enterprise, region_code) AS (VALUES
        ('P1', '样例园区', '330114')""",
    "resources__synergy_register": """area_code, area_name, kind, region_code) AS (VALUES
        ('P1', '样例园区', '园区', '330114'), ('330782', '义乌市', '县级城市', '330782')""",
}
SELECTED = ["+kb_entity", "+kb_posting", "+kb_upstream", "+kb_term"]
RELEASED = re.compile(r"^kb_|^plan_(clauses|targets|systems)$")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The library's models and their tests, unit tests too, by the real dbt project; released like any publication."""
    lake = Lake(tmp_path_factory.mktemp("kb") / "lake")
    scratch = lake.work / "scratch.duckdb"
    nothing = {"none": "SELECT 1 AS nothing WHERE false"}
    prepare(
        *(lake, all_cards(), Inputs({}), scratch),
        flag_views=nothing,
        event_views=nothing,
        months={},
        themes={},
        indicators=catalog_rows(),
        indicator_inputs=[],
        datasets=all_cards().values(),
    )
    with duckdb.connect(str(scratch)) as db:
        for dataset, rows in REGISTERS.items():
            db.execute(
                f"CREATE OR REPLACE VIEW core.{dataset} AS WITH entries ({rows}) "
                "SELECT *, 1 AS authority, row_number() OVER () AS line FROM entries"
            )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "build", "--select", *SELECTED),
            *("--indirect-selection", "cautious", *transform.dbt_arguments(lake)),
        ],
        env={**os.environ, transform.SCRATCH_ENV: str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    specs = [spec for spec in transform.table_specs(lake) if RELEASED.match(spec.name)]
    at = datetime(2026, 11, 23, tzinfo=UTC)
    code = CodeFacts(commit=None, dirty=False, version="test")
    facts = PublicationFacts(as_of=at, built_at=at, profile="demo", simulated=True, code=code)
    build(lake, scratch=scratch, tables=specs, facts=facts)
    return lake


def query(lake: Lake, sql: str) -> list[tuple[object, ...]]:
    with connect(lake) as db:
        return db.execute(sql).fetchall()


def said(lake: Lake, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setenv(ENV_LAKE, str(lake.root))
    done = CliRunner().invoke(app, list(words), catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_entities_are_counted_as_the_code_lists_plan_and_registers_have_them(lake: Lake) -> None:
    counted = query(lake, "SELECT kind, count(*) FROM kb_entity GROUP BY kind")
    found = {str(kind): int(str(n)) for kind, n in counted}
    expected = {"province": 4, "city": 41, "clause": 22, "target": 18, "system": 80, "station": 1, "section": 5}
    assert found | expected | {"outlet": 2, "firm": 2, "park": 1, "edition": 3, "medium": 2} == found
    assert found["indicator"] == len(catalog_rows())
    assert found["dataset"] == len([card for card in all_cards().values() if card.serves])
    present = "kind = 'county' AND starts_with(code, '33')"
    assert query(lake, f"SELECT count(*) FROM kb_entity WHERE {present} AND valid_to IS NULL") == [(90,)]
    gone = f"SELECT count(DISTINCT code) FROM kb_entity WHERE {present}"
    assert query(lake, gone) == [(100,)], "90 in use and 10 historic"


def test_same_code_before_and_after_hangzhou_2021_is_two_areas(lake: Lake) -> None:
    codes = "('330102', '330103', '330104', '330105', '330106', '330109', '330110', '330113', '330114')"
    spans = query(
        lake,
        "SELECT code, valid_from::VARCHAR, valid_to::VARCHAR FROM kb_entity WHERE kind = 'county' "
        f"AND code IN {codes} ORDER BY code, valid_from NULLS FIRST",
    )
    before, after = (None, "2021-04-08"), ("2021-04-09", None)
    assert spans == [
        *(("330102", *before), ("330102", *after), ("330103", *before), ("330104", *before)),
        *(("330105", *before), ("330105", *after), ("330106", None, None), ("330109", *before), ("330109", *after)),
        *(("330110", *before), ("330110", *after), ("330113", *after), ("330114", *after)),
    ]


def test_hangzhou_2021_is_comparable_in_three_groups(lake: Lake) -> None:
    # 江干 went to 上城 and 钱塘, 钱塘 also took a part of 萧山: only the three together close
    rules = query(
        lake, "SELECT DISTINCT rule, shares_known FROM kb_region_change WHERE change_code = 'HZ-2021' ORDER BY rule"
    )
    assert rules == [
        ("330102+330109+330114 = 330102+330104+330109", False),
        ("330105 = 330103+330105", True),
        ("330110+330113 = 330110", False),
    ]


def test_relations_join_entities_that_exist_and_are_those_of_the_facts(lake: Lake) -> None:
    found = {
        (r, s, o): n
        for r, s, o, n in query(
            lake,
            "SELECT relation, split_part(subject_id, ':', 1), split_part(object_id, ':', 1), count(*) "
            "FROM kb_relation GROUP BY ALL",
        )
    }
    assert found["leads", "unit", "clause"] == 22
    assert found["in", "system", "clause"] == 80
    assert found["in", "target", "clause"] == 16, "two targets are main goals of no clause"
    assert found["in", "city", "province"] == 41
    assert found["discharges_to", "outlet", "medium"] == found["owned_by", "outlet", "firm"] == 2
    assert found["succeeded_by", "county", "county"] == 26
    assert query(lake, "SELECT share FROM kb_relation WHERE subject_id = 'county:330103'"
                       " AND relation = 'succeeded_by'") == [(1,)]  # fmt: skip
    section = "SELECT object_id FROM kb_relation WHERE relation = 'in' AND subject_id LIKE '%杭州丙'"
    assert query(lake, section) == [("county:330105@2021-04-09",)], "a register speaks of the code's newest area"


def test_every_indicator_links_to_the_standards_its_card_names(lake: Lake) -> None:
    linked = query(
        lake,
        "SELECT object_id FROM kb_relation WHERE relation = 'computed_under' "
        "AND subject_id = 'indicator:air_aqi' ORDER BY object_id",
    )
    assert linked == [("standard:HJ-633-2012",), ("standard:HJ-633-2026",)]
    percentile = query(
        lake,
        "SELECT object_id FROM kb_relation WHERE relation = 'computed_under' "
        "AND subject_id = 'indicator:air_o3_p90' ORDER BY object_id",
    )
    assert percentile == [("standard:HJ-663-2013",)], "a number with its year is that edition alone"
    composite = query(
        lake,
        "SELECT object_id FROM kb_relation WHERE relation = 'computed_under' "
        "AND subject_id = 'indicator:air_composite_index'",
    )
    assert composite == [("standard:RANK-2018",)]


def test_upstream_of_hangzhou_are_the_rivers_above_not_the_one_that_joins_below(lake: Lake) -> None:
    with connect(lake) as db:
        answer = kb.upstream(db, "杭州丙")
    assert [(steps, name) for steps, i, name in answer.found if i.startswith("section:")] == [
        (3, "衢州甲"),
        (3, "金华乙"),
    ]
    assert {name for steps, i, name in answer.found if i.startswith("water:") and steps == 1} == {"富春江", "浦阳江"}
    assert [name for _, name in answer.same_water] == ["杭州丁"]


def tokens_by_hand(text: str) -> list[str]:
    """Words as they stand; of Chinese each character and each pair: cut without SQL."""
    found: list[str] = []
    for run in re.findall(r"[\u3400-\u9fff〇ⅰ-ⅿ]+|[a-z0-9]+(?:\.[0-9]+)?", text.lower(), re.ASCII):
        pairs = [] if run[0].isascii() else [run[n : n + 2] for n in range(len(run) - 1)]
        found += [run] if run[0].isascii() else [*run, *pairs]
    return found


def test_index_holds_every_token_of_every_document_as_cut_by_hand(lake: Lake) -> None:
    documents = query(lake, "SELECT doc_id, title || ' ' || title || ' ' || text, n_tokens FROM kb_document")
    expected = {str(doc): Counter(tokens_by_hand(str(text))) for doc, text, _ in documents}
    assert {str(doc): n for doc, _, n in documents} == {doc: counts.total() for doc, counts in expected.items()}
    found: dict[str, Counter[str]] = {doc: Counter() for doc in expected}
    for doc, token, n in query(lake, "SELECT doc_id, token, occurrences FROM kb_posting"):
        found[str(doc)][str(token)] = int(str(n))
    assert found == expected
    with connect(lake) as db:
        for _, text, _ in documents[:50]:
            asked = set(kb.asked_tokens(db, str(text)))
            assert asked <= set(tokens_by_hand(str(text))), "the question is cut like the documents"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("综合营养状态指数", "term:综合营养状态指数"),
        ("PLN-03-04 温室气体", "target:PLN-03-04"),
        ("上城 江干 区划代码", "note:region-identity"),
        ("HJ 633-2026", "standard:HJ-633-2026"),
    ],
)
def test_search_puts_first_what_was_meant(lake: Lake, words: str, first: str) -> None:
    with connect(lake) as db:
        assert kb.search(db, words)[0].doc_id == first


def test_command_line_answers_in_sentences(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(lake, monkeypatch, "search", "臭氧", "8小时")
    assert "note:o3-windows" in found
    shown = said(lake, monkeypatch, "show", "unit:省经信厅")
    assert "牵头 leads (1)" in shown and "clause:十  实施传统行业数字化绿色化改造" in shown
    whose = said(lake, monkeypatch, "target", "PLN-11-01")
    assert ">= 50 county-level cities" in whose and "原文未定年份" in whose
    assert "省生态环境厅、省发展改革委、省经信厅" in whose
    assert "330105 = 330103+330105" in said(lake, monkeypatch, "region", "330103")
    later = said(lake, monkeypatch, "region", "330105", "--date", "2022-01-01")
    assert "county:330105@2021-04-09  拱墅区  自 2021-04-09" in later and "调整前" not in later
    assert "前后可比" in said(lake, monkeypatch, "region", "330106")
    assert "衢州甲" in said(lake, monkeypatch, "upstream", "杭州丙")
    assert "trophic level index" in said(lake, monkeypatch, "terms", "营养")


def test_what_is_unknown_is_a_users_mistake_with_near_matches(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, near in [
        (("show", "省经信厅局"), "unit:省经信厅"),
        (("target", "PLN-3-04"), "target:PLN-03-04"),
        (("upstream", "杭州"), "杭州丙"),
        (("region", "330199"), "county:330109"),
        (("terms", "优良天"), None),
        (("region", "330103", "--date", "2022-01-01"), "下城区 至 2021-04-08"),
    ]:
        if near is None:
            assert "优良天数" in said(lake, monkeypatch, *words)
            continue
        with pytest.raises(UsageError, match=re.escape(near)):
            said(lake, monkeypatch, *words)


def test_building_again_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch.duckdb"
    scratch.write_bytes((lake.work / "scratch.duckdb").read_bytes())
    before = _contents(scratch)
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "run", "--select", *SELECTED, *transform.dbt_arguments(lake)],
        env={**os.environ, transform.SCRATCH_ENV: str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert _contents(scratch) == before


def _contents(scratch: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(scratch), read_only=True) as db:
        tables = db.execute("SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'kb_')").fetchall()
        return {str(name): db.execute(f"SELECT * FROM knowledge.{name} ORDER BY ALL").fetchall() for (name,) in tables}
