"""Entry of the pages: ``streamlit run streamlit_app/app.py``, or ``ecolake app``.

Resolves the publication once, hands it to the chosen page, and frames every page alike. Does not belong here: content.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from catalog.lake import Lake
from catalog.publication import Publication, PublicationError, UnknownPublicationError, current_id
from streamlit_app.components import frame
from streamlit_app.components.html import apply_style
from streamlit_app.registry import PAGES, PageSpec
from streamlit_app.source import current_publication


def main() -> None:
    """One run of the script."""
    st.set_page_config(page_title="浙里蓝天", layout="wide", initial_sidebar_state="collapsed")
    apply_style()
    lake = Lake.from_env()
    pages = [
        st.Page(_runner(spec, lake), title=spec.title, url_path=spec.path, default=position == 0)
        for position, spec in enumerate(PAGES)
    ]
    st.navigation(pages, position="top").run()


def _runner(spec: PageSpec, lake: Lake) -> Callable[[], None]:
    def run() -> None:
        try:
            publication = current_publication(lake)
        except UnknownPublicationError as error:
            frame.no_publication(None if current_id(lake) is None else str(error))
        except PublicationError as error:
            frame.unreadable(str(error))
        else:
            _show(spec, lake, publication)

    return run


def _show(spec: PageSpec, lake: Lake, publication: Publication) -> None:
    frame.simulated_banner(publication)
    frame.newer_notice(lake, publication.id)
    spec.render(publication)
    frame.foot(publication)


main()
