"""关于本发布: what this publication is, of what it was made, how to check it.

Does not belong here: the numbers themselves, or whether they can be trusted (``quality``).
"""

from __future__ import annotations

from catalog.publication import Publication
from streamlit_app.components import header
from streamlit_app.components.header import ZONE
from streamlit_app.components.html import escape, show
from streamlit_app.wording import instant_words


def render(publication: Publication) -> None:
    """The page."""
    header.title("关于本发布", "是什么、由什么而来、怎样核验")
    manifest = publication.manifest
    code = f"{manifest.code.commit or '未知'}{'（含未提交的改动）' if manifest.code.dirty else ''}"
    rows = [
        ("发布编号", f"<code>{escape(manifest.id)}</code>"),
        ("内容哈希", f"<code>{manifest.content_hash}</code>"),
        ("发布时间", instant_words(manifest.built_at.astimezone(ZONE))),
        ("数据知悉截至", instant_words(manifest.as_of.astimezone(ZONE))),
        ("上一发布", f"<code>{escape(manifest.previous)}</code>" if manifest.previous else "无（第一次发布）"),
        ("数据性质", "模拟数据" if manifest.simulated else "实测数据"),
        ("代码版本", f"<code>{escape(code)}</code>"),
        ("规模", f"{len(manifest.tables)} 张表，{manifest.rows:,} 行，{len(manifest.batches)} 个输入批次"),
        ("核验命令", f"<code>ecolake verify {escape(manifest.id)}</code>"),
    ]
    show(f'<dl class="definition">{"".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)}</dl>')
    if manifest.simulated:
        show(
            '<div class="caution">模拟数据由 <code>ecolake simulate</code> 按各来源的原始格式生成：11 个设区市、'
            "固定随机种子、已知的排放路径，并有意混入缺测、重复、更正、越限与一个被篡改的点位，用来检验整条流程。"
            "文件名均以 <code>sim_</code> 开头。任何数值都不是监测结果。</div>"
        )
