"""Levels and their colours: as HJ 633 prints them, and readable."""

from __future__ import annotations

from streamlit_app.levels import levels, luminance


def test_levels_have_their_official_colours() -> None:
    shown = [(level.zh, level.hex) for level in levels().values()]
    assert shown == [
        ("优", "#00E400"),
        ("良", "#FFFF00"),
        ("轻度污染", "#FF7E00"),
        ("中度污染", "#FF0000"),
        ("重度污染", "#99004C"),
        ("严重污染", "#7E0023"),
    ]


def test_text_on_a_level_colour_can_be_read() -> None:
    for level in levels().values():
        light, dark = sorted((luminance(level.hex), luminance(level.ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, level.zh
