"""The live API's GeoJSON: one file an hour, one feature a station, every number a string, missing = ``-;``.

Keys, texts and their spelling (``unheathful``) are the real API's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from catalog.lake import atomic_path
from ingest.simulate.agency import Int64s
from ingest.simulate.cnemc_csv import plain_number
from ingest.simulate.items import MISSING, POLLUTANTS, SERIES, SERIES_INDEX, Tenths

NO_VALUE = "-;"
PRIMARY_ABOVE = 50
# Order and names as the API lists several primary pollutants: "颗粒物(PM10),细颗粒物(PM2.5)".
PRIMARY_NAMES = {
    "pm10": "颗粒物(PM10)",
    "pm25": "细颗粒物(PM2.5)",
    "so2": "二氧化硫",
    "no2": "二氧化氮",
    "co": "一氧化碳",
    "o3": "臭氧1小时",
}
# Highest AQI of the level, its name, its advice, its effect on health.
LEVELS = (
    (50, "优", "各类人群可正常活动", "空气质量令人满意，基本无空气污染"),
    (
        100,
        "良",
        "极少数异常敏感人群应减少户外活动",
        "空气质量可接受，但某些污染物可能对极少数异常敏感人群健康有较弱影响",
    ),
    (
        150,
        "轻度污染",
        "儿童、老年人及心脏病、呼吸系统疾病患者应减少长时间、高强度的户外锻炼",
        "易感人群症状有轻度加剧，健康人群出现刺激症状",
    ),
    (
        200,
        "中度污染",
        "儿童、老年人及心脏病、呼吸系统疾病患者应减少长时间、高强度的户外锻炼，一般人群适量减少户外活动",
        "进一步加剧易感人群症状，可能对健康人群心脏、呼吸系统有影响",
    ),
    (
        300,
        "重度污染",
        "老年人及心脏病、肺病患者应停留在室内，停止户外活动，一般人群减少户外活动",
        "心脏病和肺病患者症状显著加剧，运动耐力降低，健康人群普遍出现症状",
    ),
    (
        500,
        "严重污染",
        "老年人和病人应当留在室内，避免体力消耗，一般人群应避免户外活动",
        "健康人运动耐受力降低，有明显强烈症状，提前出现某些疾病",
    ),
)


def write_live(folder: Path, label: np.datetime64, published: Tenths, indices: Int64s, register: pl.DataFrame) -> int:
    """Write the snapshot of one hour from ``[station, series]``; returns the values in it."""
    moment = str(label.astype("M8[s]"))
    numbers = pl.DataFrame(published, schema=[s.live for s in SERIES], orient="row").select(
        plain_number(pl.col(s.live)).alias(s.live) for s in SERIES
    )
    # The API gives hourly CO always one decimal ("1.0"), its 24-h mean none when whole ("1").
    whole_co = pl.col("co").str.contains(".", literal=True).not_()
    numbers = numbers.with_columns(co=pl.when(whole_co).then(pl.col("co") + ".0").otherwise("co"))
    primary = _primary(indices)
    features = [
        _feature(site, values, moment, aqi, main)
        for site, values, aqi, main in zip(
            register.to_dicts(),
            numbers.fill_null(NO_VALUE).to_dicts(),
            published[:, SERIES_INDEX["AQI"]].tolist(),
            primary,
            strict=True,
        )
    ]
    collection = {"features": features, "type": "FeatureCollection"}
    stamp = moment[:13].replace("-", "")
    with atomic_path(folder / f"sim_cnemc_live_{stamp}.json") as temporary:
        temporary.write_text(json.dumps(collection, sort_keys=True), encoding="ascii")
    return int((published != MISSING).sum())


def _feature(site: dict[str, Any], values: dict[str, str], moment: str, aqi: int, primary: str) -> dict[str, Any]:
    quality, measure, unhealthful = next(
        (texts for top, *texts in LEVELS if aqi <= top * 10) if aqi != MISSING else iter([[NO_VALUE] * 3])
    )
    properties = {
        **values,
        "area": f"{site['city']}市",
        "citycode": "0",
        "ispublish": "true",
        "measure": measure,
        "orderid": "1",
        "positionname": site["name"],
        "primarypollutant": primary,
        "provinceid": "0",
        "quality": quality,
        "stationcode": site["code"],
        "timepoint": moment,
        "unheathful": unhealthful,
    }
    geometry = {"coordinates": [site["lon"], site["lat"]], "type": "Point"}
    return {"geometry": geometry, "properties": properties, "type": "Feature"}


def _primary(indices: Int64s) -> list[str]:
    """Names of the pollutants with the largest index where it is above 50."""
    worst = indices.max(axis=-1, keepdims=True)
    leads = (indices == worst) & (worst > PRIMARY_ABOVE)
    order = [[p.code for p in POLLUTANTS].index(code) for code in PRIMARY_NAMES]
    names = list(PRIMARY_NAMES.values())
    return [
        ",".join(name for name, leading in zip(names, row, strict=True) if leading) or NO_VALUE
        for row in leads[:, order].tolist()
    ]
