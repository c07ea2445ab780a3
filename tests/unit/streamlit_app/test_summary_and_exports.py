"""What a reader takes away: the sentences, the file, the citation, the command."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from catalog.publication import Publication
from streamlit_app import exports, summary
from streamlit_app.figures import Comparison, Figure, Figures
from streamlit_app.periods import day_period
from streamlit_app.places import Region
from streamlit_app.rules import Limit

PROVINCE = Region("330000", "province", "浙江省")
CITIES = [Region("330100", "city", "杭州市"), Region("330200", "city", "宁波市"), Region("330900", "city", "舟山市")]


def figures_of(shown: list[Figure]) -> Figures:
    regions = {region.code: region for region in [PROVINCE, *CITIES]}
    cards = {figure.card.code: figure.card for figure in shown}
    return Figures("in-force", shown[0].period, cards, regions, {figure.key: figure for figure in shown})


def test_a_period_in_words(make: Callable[..., Figure]) -> None:
    shown = [
        make("air_good_day_ratio", "92.9", region=PROVINCE),
        make("air_pm25_mean", "26", region=PROVINCE),
        make("air_o3_p90", None, region=PROVINCE, reason="cities_missing: 2 of 3"),
    ]
    for city, index, rank in zip(CITIES, ("3.84", "3.50", "2.74"), ("3", "2", "1"), strict=True):
        shown += [make("air_composite_index", index, region=city), make("air_composite_rank", rank, region=city)]
    changes = {"air_good_day_ratio": "3.4", "air_pm25_mean": "4.0"}
    text = summary.period_summary(
        figures_of(shown),
        PROVINCE,
        CITIES,
        {"air_pm25_mean": Limit(Decimal(30), "annual", "GB-3095-2026-transition")},
        lambda figure: Comparison(make(f"{figure.card.code}_yoy", changes[figure.card.code], region=PROVINCE)),
    )
    assert text.replace("**", "") == (
        "2026年3月，浙江省优良天数比例 92.9%，同比上升 3.4 个百分点（好转）；"
        "PM2.5平均浓度 26 微克/立方米，同比上升 4.0%（变差），不高于二级限值 30；"
        "臭氧日最大8小时平均浓度第90百分位数暂无有效值（设区市不齐：2/3 个市有值）。"
        "按综合指数，空气质量最好的是舟山市（2.74），最差的是杭州市（3.84）。"
    )


def test_a_day_in_words(make: Callable[..., Figure]) -> None:
    day = day_period(date(2026, 10, 31))
    shown = [
        make("air_aqi", "59", region=CITIES[0], period=day, text="良"),
        make("air_aqi", None, region=CITIES[1], period=day, reason="missing_pollutants"),
        make("air_aqi", "31", region=CITIES[2], period=day, text="优"),
        make("air_primary_pollutant", "1", region=CITIES[0], period=day, text="O3"),
    ]
    text = summary.day_summary(figures_of(shown), PROVINCE, CITIES)
    assert text.replace("**", "") == (
        "2026年10月31日，浙江省 3 个设区市中优 1 个、良 1 个，1 个无有效AQI。"
        "AQI最高的是杭州市（59，良，首要污染物为臭氧）。"
    )
    assert summary.cities_by_level(figures_of(shown), CITIES) == "良：杭州；优：舟山；无有效AQI：宁波。"


def test_the_file_names_unit_edition_status_coverage_and_publication(
    published: Publication, make: Callable[..., Figure]
) -> None:
    figures = [
        make("air_pm25_mean", "27.0000"),
        make("air_composite_index", None, reason="too_few_days: 4 of 6 pollutants assessable"),
        make("air_composite_rank", None, reason="not_published"),
    ]
    content = exports.figures_csv(published, figures)
    assert content.startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (first["indicator_code"], first["region_zh"], first["period_start"]) == (
        "air_pm25_mean",
        "杭州市",
        "2026-03-01",
    )
    assert (first["value"], first["unit"], first["coverage"], first["status_zh"]) == ("27", "ug/m3", "1.0000", "暂定")
    assert (first["edition"], first["edition_zh"]) == ("in-force", "现行标准（按观测日期）")
    assert (second["value"], second["null_reason_zh"]) == ("", "有效天数不足：可评价的污染物 4/6 项")
    for row in (first, second):
        assert row["publication_id"] == published.id
        assert row["content_hash"] == published.manifest.content_hash
        assert row["simulated"] == "true"


def test_a_citation_can_be_checked_by_its_reader(published: Publication, make: Callable[..., Figure]) -> None:
    figure = make("air_pm25_mean", "27")
    assert exports.citation(published, figure) == (
        "【模拟数据，不得作为实况引用】杭州市2026年3月PM2.5平均浓度：27 微克/立方米"
        "（现行标准（按观测日期）；依据 HJ 663; GB 3095 表4；暂定）。"
        f"生态环境监测处，ecolake 发布 {published.id}，2026-04-01，内容哈希 {published.manifest.content_hash}。"
    )
    expected = f"ecolake trace air_pm25_mean 330100 2026-03 --edition in-force --publication {published.id}"
    assert exports.trace_command(published, figure) == expected
