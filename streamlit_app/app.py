"""Entry of the pages: ``streamlit run streamlit_app/app.py``, or ``ecolake app``.

Resolves the publication once, hands it to the chosen page, and frames every page alike. Does not belong here: content.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from catalog.lake import Lake
from catalog.publication import Publication, PublicationError, UnknownPublicationError, current_id
from streamlit_app.components import frame
from streamlit_app.components.html import apply_style
from streamlit_app.registry import PageSpec, menu
from streamlit_app.source import current_publication


def main() -> None:
    """One run of the script."""
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    apply_style()
    lake = Lake.from_env()
    found = _current(lake)
    groups = menu(found if isinstance(found, Publication) else None)
    opening = next(spec for specs in groups.values() for spec in specs)
    pages = {
        group: [
            st.Page(_runner(spec, lake, found), title=spec.title, url_path=spec.path, default=spec is opening)
            for spec in specs
        ]
        for group, specs in groups.items()
    }
    st.navigation(pages, position="top").run()


def _current(lake: Lake) -> Publication | Callable[[], None]:
    """The publication, or what to show in place of every page."""
    try:
        return current_publication(lake)
    except UnknownPublicationError as error:
        return partial(frame.no_publication, None if current_id(lake) is None else str(error))
    except PublicationError as error:
        return partial(frame.unreadable, str(error))


def _show(spec: PageSpec, lake: Lake, publication: Publication) -> None:
    frame.simulated_banner(publication)
    frame.newer_notice(lake, publication.id)
    spec.render(publication)
    frame.foot(publication)


def _runner(spec: PageSpec, lake: Lake, found: Publication | Callable[[], None]) -> Callable[[], None]:
    """A plain function: what Streamlit takes for a page."""

    def run() -> None:
        if isinstance(found, Publication):
            _show(spec, lake, found)
        else:
            found()

    return run


main()
