"""A plain table as HTML: head, body, and the name tests and style sheets find it by.

Does not belong here: what stands in its cells.
"""

from __future__ import annotations


def lefts(*names: str) -> str:
    """Heads of columns that hold words."""
    return "".join(f'<th class="left">{name}</th>' for name in names)


def plain_table(head: str, body: str, name: str) -> str:
    """The table; wide ones scroll sideways on their own."""
    return (
        f'<div class="scroll"><table class="plain" data-table="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
