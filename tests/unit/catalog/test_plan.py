"""The plan's 80 systems: each is served by a dataset or says why it sends nothing, and no card names another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.plan import PlanError, coverage, systems, unknown
from ingest.card import all_cards
from orchestration.cli_plan import app

SERVES = {card.id: card.serves for card in all_cards().values()}
HEADER = "clause,chapter,name_zh,kind,family,no_feed_reason_zh,no_feed_reason_en\n"


def test_the_plan_names_eighty_systems_in_all_its_clauses_but_none_twice() -> None:
    units = ["", *"一二三四五六七八九"]
    clauses = [ten + unit for ten in ("", "十", "二十") for unit in units if ten + unit][:22]
    assert len(systems()) == len({s.name_zh for s in systems()}) == 80
    assert {s.clause for s in systems()} == set(clauses)


def test_every_system_is_served_or_says_why_not() -> None:
    assert [row.system.name_zh for row in coverage(SERVES) if row.is_open] == []


def test_what_sends_nothing_is_served_by_nothing() -> None:
    silent = {row.system.name_zh: row.datasets for row in coverage(SERVES) if row.system.no_feed_reason_zh}
    assert silent == dict.fromkeys(
        ["生态环境大脑", "行业领域大模型", "生态环境智能助手", "浙里文化圈", "游浙里", "乡村数智生活馆"], ()
    )


def test_no_card_serves_a_system_the_plan_does_not_name() -> None:
    assert unknown(SERVES) == []


def test_the_reverse_of_the_cards_is_sorted_and_unknown_names_are_told() -> None:
    serves = {"b__two": ["浙里蓝天"], "a__one": ["浙里蓝天", "浙里黑土"]}
    found = {row.system.name_zh: row.datasets for row in coverage(serves)}
    assert (found["浙里蓝天"], found["浙里碧水"]) == (("a__one", "b__two"), ())
    assert unknown(serves) == [("a__one", "浙里黑土")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("一,二,甲,module,A-*,外部,\n", "line 2: row: Value error, 甲: give the reason why nothing is sent in both"),
        ("一,二,,module,A-*,,\n", "line 2: name_zh: String should have at least 1 character"),
        ("一,二,甲,module,A-*,,\n" * 2, r"named twice: \['甲'\]; one row a system"),
    ],
)
def test_a_wrong_list_says_where_it_is_wrong(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "plan_systems.csv"
    path.write_text(HEADER + line, encoding="utf-8")
    with pytest.raises(PlanError, match=told):
        systems(path)


def test_coverage_prints_every_system_and_fails_only_when_one_is_open() -> None:
    told = CliRunner().invoke(app, ["coverage"])
    assert told.exit_code == 0, told.output
    assert "80 systems: 74 served, 6 send nothing, 0 open" in told.output
    document = json.loads(CliRunner().invoke(app, ["coverage", "--json"]).output)
    market = next(row for row in document if row["name_zh"] == "长三角区域挥发性有机物排污权交易试点")
    assert market["datasets"] == ["yangtze_delta__permit_trades"]


def test_an_open_system_is_an_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.cli_plan.readable_cards", lambda: ({}, []))
    told = CliRunner().invoke(app, ["coverage"])
    assert told.exit_code == 1
    assert "open: 美丽浙江 (clause 一)" in told.output
