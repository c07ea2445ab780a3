"""One look for all charts: font, ink, the palette of pollutants.

Does not belong here: any one chart.
"""

from __future__ import annotations

import altair as alt

FONT = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
INK = "#0a3d6b"
GREY = "#8a97a5"
LIMIT = "#b4490f"
# Okabe and Ito's palette: distinct for all common kinds of colour vision.
POLLUTANT_COLOURS = {
    "PM2.5": "#D55E00",
    "PM10": "#E69F00",
    "臭氧": "#0072B2",
    "二氧化氮": "#CC79A7",
    "二氧化硫": "#F0E442",
    "一氧化碳": "#009E73",
}
MONTHS = [f"{month}月" for month in range(1, 13)]


def styled(chart: alt.Chart | alt.LayerChart | alt.HConcatChart, height: int) -> alt.Chart | alt.LayerChart | alt.HConcatChart:
    """The house style."""
    return (
        chart.properties(height=height)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#e6ebf1", labelColor="#33475b")
        .configure_legend(labelFontSize=12, title=None, orient="top")
    )
