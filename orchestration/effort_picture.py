"""The picture of ``ecolake effort explain``: normalised months with their band beside the observed ones.

In Chinese where a font for it is installed, in English elsewhere. Does not belong here: reading, words of the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import font_manager, pyplot
from matplotlib.dates import date2num

from catalog.effort import wording as words
from catalog.effort.reading import Month, Score
from catalog.effort.terms import LUCK

# Fonts with Chinese glyphs by the names they are installed under, the plainest first.
CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC"),
)
INK, OBSERVED, GREY = "#0a3d6b", "#b8860b", "#8a97a5"
BAND = ("normalised_lower", "normalised_upper")
SIZE_INCHES, DPI = (9.0, 4.8), 130


def chinese_font() -> str | None:
    """The first installed font that can write Chinese; None where there is none."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)


def draw(path: Path, score: Score, months: Sequence[Month], units: Mapping[str, str], *, simulated: bool) -> None:
    """Write the picture as PNG; ``units`` as the edition has them."""
    font = chinese_font()
    text = _chinese(score) if font else _english(score)
    with pyplot.rc_context({"font.family": [font] if font else ["sans-serif"], "axes.unicode_minus": False}):
        figure, axes = pyplot.subplots(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
        at = np.array([month.month_start for month in months], dtype="datetime64[D]")
        # a month without an interval is a gap in the band
        lower, upper = (np.array([getattr(m, name) for m in months], dtype=np.float64) for name in BAND)
        axes.fill_between(at, lower, upper, color=INK, alpha=0.18, linewidth=0)
        axes.plot(at, [m.observed for m in months], "s--", color=OBSERVED, markersize=4, label=text["observed"])
        axes.plot(at, [m.normalised for m in months], "o-", color=INK, markersize=4, label=text["normalised"])
        start: float = date2num(score.period_start)  # type: ignore[no-untyped-call]
        axes.axvline(start, color=GREY, linestyle=":", label=text["start"])
        axes.set_ylabel(words.unit(score.item, units) if font else units.get(score.item, ""))
        axes.grid(color="#e6ebf1")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.08), fontsize=9)
        mark = f"  {text['simulated']}" if simulated else ""
        axes.set_title(f"{text['title']}{mark}\n{text['split']}", loc="left", fontsize=11)
        figure.savefig(path)
        pyplot.close(figure)


def _chinese(score: Score) -> dict[str, str]:
    luck = LUCK[score.theme].zh
    return {
        "title": f"{score.place_zh} {words.item(score.item)} {words.period(score)}",
        "split": words.split(score),
        "observed": "观测",
        "normalised": f"归一化（{luck}固定为参考值，带区间）",
        "start": "评价期起",
        "simulated": "【模拟数据】",
    }


def _english(score: Score) -> dict[str, str]:
    return {
        "title": f"{score.place_code} {words.item(score.item, 'en')} {score.period_start} to {score.period_end}",
        "split": words.split_en(score),
        "observed": "observed",
        "normalised": f"normalised ({LUCK[score.theme].en} held at the reference, with interval)",
        "start": "start of the period evaluated",
        "simulated": "[SIMULATED DATA]",
    }
