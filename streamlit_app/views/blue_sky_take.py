"""What a reader takes away: the figures as a file, and the origin of any one of them.

Does not belong here: the file's format (``exports``).
"""

from __future__ import annotations

import streamlit as st

from catalog.publication import Publication
from streamlit_app.components.definition import explain
from streamlit_app.components.html import heading, show
from streamlit_app.controls import Choice
from streamlit_app.exports import figures_csv
from streamlit_app.figures import Figures


def render(publication: Publication, choice: Choice, figures: Figures) -> None:
    """Origin of any figure of this view, and the download."""
    heading("查来历、下载与引用", f"{choice.period.label}")
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="box-take"):
        by_region = {region.code: region for region in choice.regions}
        where = st.selectbox(
            "地区", list(by_region), format_func=lambda c: by_region[c].name_zh, key="origin-region", width=150
        )
        held = {f.card.code: f for f in figures.of_region(where)}
        if held:
            code = st.selectbox(
                "指标", list(held), format_func=lambda c: held[c].card.name_zh, key="origin-code", width=330
            )
            if st.button("查这个数怎么来的", key="origin-open"):
                explain(publication, held[code], edition=choice.edition)
        everything = figures.all()
        st.download_button(
            f"下载本时段全部数值（CSV，{len(everything)} 行）",
            figures_csv(publication, everything),
            file_name=f"浙里蓝天_{choice.period.code}_{choice.edition}_{publication.id}.csv",
            mime="text/csv",
            key="download",
            on_click="ignore",
        )
    show(
        '<p class="quiet">文件含全省与各设区市在所选时段、所选版本下的全部指标，逐行带单位、版本、状态、覆盖率、'
        "无值原因、输入哈希与发布编号。复制浏览器地址即可把当前视图发给他人。</p>"
    )
