"""Editions, levels and colours: as HJ 633 prints them, and readable."""

from __future__ import annotations

from streamlit_app import reference


def test_levels_have_their_official_colours() -> None:
    shown = [(level.zh, level.hex) for level in reference.levels().values()]
    assert shown == [
        ("优", "#00E400"),
        ("良", "#FFFF00"),
        ("轻度污染", "#FF7E00"),
        ("中度污染", "#FF0000"),
        ("重度污染", "#99004C"),
        ("严重污染", "#7E0023"),
    ]


def test_text_on_a_level_colour_can_be_read() -> None:
    for level in reference.levels().values():
        light, dark = sorted((reference.luminance(level.hex), reference.luminance(level.ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, level.zh


def test_editions_have_chinese_names() -> None:
    assert list(reference.edition_names().items())[:2] == [
        ("in-force", "现行标准（按观测日期）"),
        ("AIR-2012", "2012版标准"),
    ]
    assert reference.edition_name("AIR-2026-transition") == "2026版标准（过渡阶段）"
    assert reference.edition_name("AIR-2099") == "AIR-2099"


def test_what_is_doubtful_is_listed() -> None:
    listed = {(row["table"], row.get("rule", "")) for row in reference.doubtful_rules()}
    assert ("air_validity", "city_min_share") in listed
