"""The few helpers every piece of HTML needs: escaping, the frame all styles hang on, the style sheet itself.

Does not belong here: anything that knows what it shows.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import streamlit as st

STYLE = Path(__file__).with_name("style.css")

EMPHASIS = re.compile(r"\*\*(.+?)\*\*")

__all__ = ["apply_style", "emphasised", "escape", "heading", "show", "tone_chip"]


def apply_style() -> None:
    """Send the style sheet; once per run."""
    st.html(STYLE)


def show(body: str) -> None:
    """Show a piece of HTML in the page's own type; text inside must be escaped already."""
    st.html(f'<div class="el">{body}</div>')


def heading(text: str, aside: str = "") -> None:
    """A section's title."""
    small = f"<small>{escape(aside)}</small>" if aside else ""
    show(f"<h2>{escape(text)}{small}</h2>")


def emphasised(text: str) -> str:
    """Escaped text with what stands between double asterisks in bold."""
    return EMPHASIS.sub(r"<b>\1</b>", escape(text))


def tone_chip(words: str, tone: str) -> str:
    """Words on the colour of their tone: good, bad or neutral."""
    return f'<span class="tone {tone}">{escape(words)}</span>'
