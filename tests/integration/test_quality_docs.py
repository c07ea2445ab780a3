"""Data docs and ``ecolake flag``: what people open and type."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.lake import Lake
from ingest.card import all_cards
from ingest.core import CoreZone
from ingest.landing import Delivery, LandingZone
from orchestration import cli_flags
from orchestration.cli import UsageError
from quality import context, data_docs
from quality.door import DOOR_VERSION, admit
from quality.reading import live

DATASET = "air__cnemc_station_hourly"
HEADER = "date,hour,type,1223A,<b>x</b>"
VALUES = {1: "50", 2: "400", 3: "60", 4: "-99", 5: "-4"}
SPAN = ["--from", "2026-03-10T00:00", "--to", "2026-03-10T23:00"]


@pytest.fixture(autouse=True)
def small_lake(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """One file: a spike, a sentinel, a negative value, and a column whose name is HTML."""
    file = tmp_path / "china_sites_20260310.csv"
    rows = [f"20260310,{hour},PM2.5,{text},7" for hour, text in VALUES.items()]
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    card = all_cards()[DATASET]
    zone, core = LandingZone(lake, card.id), CoreZone(lake, card, DOOR_VERSION)
    landed = zone.put(Delivery(file.name, file.name, "1", file))
    assert landed is not None
    core.commit(landed, admit(card, landed, card.parser()(zone.read(landed), landed)))
    context.refresh(lake, card, live(lake, card))
    monkeypatch.setenv("ECOLAKE_LAKE", str(lake.root))
    monkeypatch.setenv("COLUMNS", "200")
    return lake


def flag(*words: str) -> str:
    """Run ``ecolake flag …``; a user's mistake is a UsageError, which the command line turns into exit code 2."""
    done = CliRunner().invoke(cli_flags.app, list(words))
    if isinstance(done.exception, UsageError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


class Page(HTMLParser):
    """Text and outside references of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text, self.outside, self.bold = "", [], 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " "
        self.bold += tag == "b"
        self.outside += [v for k, v in attrs if k in ("src", "href") and v and re.match(r"(https?:)?//", v)]

    def handle_data(self, data: str) -> None:
        self.text += data


class TestDataDocs:
    def test_the_index_leads_to_a_page_per_dataset_that_received_something(self, small_lake: Lake) -> None:
        index = data_docs.write(small_lake)
        assert index == small_lake.reports / "quality" / "index.html"
        assert sorted(p.name for p in index.parent.iterdir()) == [f"{DATASET}.html", "index.html"]
        assert "国控站点空气质量小时值" in Page(index).text

    def test_a_page_shows_flags_quarantine_and_reconciliation_in_chinese_and_english(self, small_lake: Lake) -> None:
        text = re.sub(r"\s+", " ", Page(data_docs.write(small_lake).parent / f"{DATASET}.html").text)
        for expected in (
            "2019年4月8日全天缺失",
            "孤立跳变 step pm25_ug_m3 提示 inform 1 1 1 h away from its level",
            "超出物理范围 out_of_range pm25_ug_m3 剔除 exclude 1 1 -4.0000",
            "bad_station_code 隔离 quarantined 5 ",
            "china_sites_20260310.csv 10 5 5 0 平 yes",
            "尚未检验 not judged yet",
        ):
            assert expected in text

    def test_text_from_a_file_stays_text_and_nothing_is_fetched_from_outside(self, small_lake: Lake) -> None:
        page = Page(data_docs.write(small_lake).parent / f"{DATASET}.html")
        assert "station_code=<b>x</b>" in page.text
        assert (page.bold, page.outside) == (0, [])

    def test_a_damaged_file_is_shown_and_does_not_stop_the_page(self, small_lake: Lake) -> None:
        damaged = next((small_lake.root / "quarantine").rglob("*.parquet"))
        damaged.write_bytes(b"gone")
        text = Page(data_docs.write(small_lake).parent / f"{DATASET}.html").text
        assert f"文件已损坏：{damaged.relative_to(small_lake.root)}" in text

    def test_writing_twice_gives_the_same_pages(self, small_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        pages = [{p.name: p.read_bytes() for p in data_docs.write(small_lake).parent.iterdir()} for _ in range(2)]
        assert pages[0] == pages[1]


class TestCommandLine:
    def test_raise_see_and_take_back(self) -> None:
        said = flag("add", DATASET, "maintenance", "--station", "1223A", *SPAN, "--by", "张三", "--reason", "校准")
        event = re.search(r"event (\S+)", said)
        assert event is not None
        assert f"raise maintenance on {DATASET}" in said
        assert re.search(rf"{event[1]} .*raise maintenance .*{DATASET}.*张三: 校准", flag("history"))
        assert "2026-03-10 00:00 to 2026-03-10 23:00" in flag("list", DATASET)
        flag("undo", event[1], "--reason", "误操作", "--by", "李四")
        assert "What people said and holds: none" in flag("list", DATASET)
        assert "raise maintenance (undone)" in flag("history", DATASET)

    def test_the_list_shows_what_holds_and_a_lift_takes_it_off(self) -> None:
        assert re.search(r"step +│ pm25_ug_m3 +│ inform +│ 1 ", flag("list", DATASET))
        flag("lift", DATASET, "step", "--item", "pm25_ug_m3", *SPAN, "--reason", "fireworks")
        after = flag("list", DATASET, "--test", "step")
        assert "Automatic flags that hold: none" in after
        assert "fireworks" in after

    def test_the_newest_flags_come_with_local_time(self) -> None:
        assert re.search(
            r"2026-03-10 05:00 +│ 1223A +│ pm25_ug_m3 +│ out_of_range", flag("list", DATASET, "--limit", "1")
        )

    def test_tests_are_listed_with_effect_and_reason(self) -> None:
        assert re.search(r"too_regular +│ context +│ inform +│ 数据过于规律", flag("tests"))

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["add", "air__cnemc", "invalid", "--reason", "x"], "no dataset 'air__cnemc'"),
            (
                ["add", DATASET, "invalid", *SPAN, "--station", "9999A", "--reason", "x"],
                "knows no station_code '9999A'",
            ),
            (
                ["add", DATASET, "invald", *SPAN, "--reason", "x"],
                "expected one of invalid, maintenance, confirmed_good",
            ),
            (["add", DATASET, "invalid", "--from", "noon", "--to", "x", "--reason", "x"], "'noon' is no instant"),
            (["undo", "nonsense", "--reason", "x"], "no event 'nonsense'"),
            (["list", "nothing"], "no dataset 'nothing'"),
        ],
    )
    def test_a_mistake_is_a_sentence(self, words: list[str], message: str) -> None:
        with pytest.raises(UsageError, match=message):
            flag(*words)


def test_a_month_that_was_not_judged_is_named(small_lake: Lake) -> None:
    for file in (small_lake.root / "flags").rglob("month=*/*.parquet"):
        file.unlink()
    assert "Contextual tests have not run on the present data of 2026-03" in flag("list", DATASET)
