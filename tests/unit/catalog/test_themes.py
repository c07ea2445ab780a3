"""Themes and topics: named once, in one order, by the names of the plan where it has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.indicators import indicators
from catalog.plan import systems
from catalog.themes import ThemeError, in_order, theme_of, themes

HEADER = "code,kind,title_zh,title_en,system_zh\n"


def test_fifteen_themes_and_five_topics() -> None:
    kinds = [theme.kind for theme in themes().values()]
    assert (kinds.count("theme"), kinds.count("topic")) == (15, 5)
    assert [theme.title_zh for theme in themes().values()][:3] == ["浙里蓝天", "浙里碧水", "浙里蓝海"]


def test_a_theme_names_a_system_of_the_plan_or_none() -> None:
    named = {theme.system_zh for theme in themes().values() if theme.system_zh}
    assert named - {system.name_zh for system in systems()} == set()
    assert [theme.code for theme in themes().values() if not theme.system_zh] == ["resources", "plan", "services"]


def test_every_card_belongs_to_a_theme_of_the_table() -> None:
    assert {indicator.theme for indicator in indicators().values()} - set(themes()) == set()


def test_the_order_is_the_tables_and_strangers_come_last() -> None:
    assert [theme.code for theme in in_order({"zebra", "plan", "sea", "air"})] == ["air", "sea", "plan", "zebra"]
    assert (theme_of("zebra").title_zh, theme_of("zebra").kind) == ("zebra", "theme")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("air,theme,浙里蓝天,Air,\nair,theme,蓝天,Air,\n", "line 3: code air stands twice"),
        ("air,library,浙里蓝天,Air,\n", "line 2: kind: "),
    ],
)
def test_a_wrong_table_is_refused_by_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "themes.csv"
    path.write_text(HEADER + line, encoding="utf-8")
    with pytest.raises(ThemeError, match=message):
        themes(path)
