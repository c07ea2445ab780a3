"""The pages there are, in the order of the menu.

To add one: write ``pages/<name>.py`` with ``render(publication)`` and add a line here. Everything around it (the mark
of simulated data, the foot, the message when nothing is published) comes from ``app``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.publication import Publication
from streamlit_app.pages import about, blue_sky


@dataclass(frozen=True)
class PageSpec:
    """One page: its name in the menu, its address, and the function that draws it."""

    title: str
    path: str
    render: Callable[[Publication], None]


PAGES: tuple[PageSpec, ...] = (
    PageSpec("浙里蓝天", "air", blue_sky.render),
    PageSpec("关于与质量", "about", about.render),
)
