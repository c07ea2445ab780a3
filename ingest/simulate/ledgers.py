"""What simulated registers, ledgers and events share: places, firms, times, numbers as text.

Firms are fictional, and the same in all registers: credit codes have the form of GB 32100 without its check digit, so
that no real firm can have one. Does not belong here: any dataset's numbers (``simulate.py`` beside its card), what a
provider's file looks like (``published``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.formats.regions import regions
from ingest.simulate.feeds import World
from ingest.simulate.long_tables import number_text
from ingest.simulate.places import City

DAYS_PER_YEAR = 365.25
SECTORS = ("电力热力", "水泥", "钢铁", "石化", "化工", "造纸", "纺织印染", "化纤", "有色金属", "电子")


def counties(world: World) -> pl.DataFrame:
    """The province's counties (``region_code, region_name, city_code``), spread evenly when few are wanted."""
    table = regions().filter(pl.col("region_code").str.starts_with("33"), region_level="county").sort("region_code")
    step = max(1, round(1 / world.scale))
    return table.gather_every(step).select("region_code", region_name="name_zh", city_code="parent_code")


def cities(world: World) -> tuple[City, ...]:
    """As many of the eleven cities as are wanted."""
    return world.cities[: world.some(len(world.cities))]


def city_codes(world: World) -> list[str]:
    """Codes of the eleven cities."""
    return [city.adcode for city in world.cities]


def enterprises(world: World, count: int, sectors: tuple[str, ...] = SECTORS) -> pl.DataFrame:
    """``count`` firms dealt over the counties in turn: credit_code, enterprise, sector, region_code, city_code."""
    places = counties(world)
    number = pl.int_range(count)
    place = (number * 7) % places.height
    table = pl.select(number=number, place=place, sector=(number * 3) % len(sectors)).with_columns(
        places["region_code"].gather(pl.select(place).to_series()).alias("region_code"),
        places["region_name"].gather(pl.select(place).to_series()).alias("region_name"),
    )
    sector = pl.col("sector").replace_strict(dict(enumerate(sectors)), return_dtype=pl.String)
    serial = pl.col("number").cast(pl.String).str.zfill(5)
    return table.with_columns(sector=sector).select(
        credit_code=pl.format("91{}MA9{}0X", "region_code", serial),
        enterprise=pl.format("{}模拟{}{}号企业", "region_name", "sector", pl.col("number") + 1),
        sector="sector",
        region_code="region_code",
        city_code=pl.col("region_code").str.slice(0, 4) + "00",
    )


def firms(world: World, count: int) -> pl.DataFrame:
    """The first ``enterprises`` under the ledgers' names: credit_code, region_code, firm_name, industry."""
    table = enterprises(world, world.some(count))
    return table.select("credit_code", "region_code", firm_name="enterprise", industry="sector")


def awarded(world: World, count: int, sectors: tuple[str, ...] = SECTORS) -> pl.DataFrame:
    """``enterprises`` awarded one after the other since mid-2023 (``label_local``), every fourth by the state."""
    is_national = pl.int_range(pl.len()) % 4 == 0
    return spread(world, enterprises(world, world.some(count), sectors), date(2023, 6, 1)).with_columns(
        award_level=pl.when(is_national).then(pl.lit("国家级")).otherwise(pl.lit("省级"))
    )


def how_many(world: World, per_year: float, *, least: int = 8) -> int:
    """Events of the whole period when ``per_year`` happen in the whole province."""
    return max(least, round(per_year * world.scale * world.days.len() / DAYS_PER_YEAR))


def moments(world: World, rng: np.random.Generator, count: int, hours: tuple[int, int] = (0, 24)) -> pl.Series:
    """Ordered whole minutes within the period, local, between two hours of the day."""
    day = np.sort(rng.integers(0, world.days.len(), count))
    minute = rng.integers(hours[0] * 60, hours[1] * 60, count)
    origin = np.datetime64(world.first, "us")
    return pl.Series("at", origin + day * np.timedelta64(1, "D") + minute * np.timedelta64(1, "m")).sort()


def later(at: pl.Series, rng: np.random.Generator, mean_hours: float, least_hours: float = 0.2) -> pl.Series:
    """Each moment plus an exponential delay, whole minutes."""
    minutes = np.rint(60 * (least_hours + rng.exponential(mean_hours, at.len()))).astype(np.int64)
    return at + pl.Series(minutes * 60_000_000).cast(pl.Duration("us"))


def days_after(day: pl.Series, days: npt.NDArray[np.int64]) -> pl.Series:
    """Each date or moment plus whole days."""
    return day + pl.Series(days * 86_400_000_000).cast(pl.Duration("us"))


def serials(prefix: str, at: pl.Series, *, width: int = 4) -> pl.Series:
    """Numbers of records as systems give them: prefix, day, running number."""
    running = pl.Series(np.arange(1, at.len() + 1)).cast(pl.String).str.zfill(width)
    return prefix + at.dt.strftime("%Y%m%d") + running


def pick(rng: np.random.Generator, values: Sequence[str], count: int, weights: Sequence[float] = ()) -> pl.Series:
    """``count`` of the values, as common as their weights."""
    shares = np.array(weights) / np.sum(weights) if weights else None
    return pl.Series(rng.choice(np.array(values, dtype=object), count, p=shares).tolist(), dtype=pl.String)


def some_rows(rng: np.random.Generator, table: pl.DataFrame, count: int) -> pl.DataFrame:
    """``count`` rows of a table, with repetition."""
    return table.select(pl.all().gather(pl.Series(rng.integers(0, table.height, count))))


def fixed(values: npt.NDArray[Any], digits: int = 2) -> pl.Series:
    """Numbers as text with that many digits after the point; nan is null."""
    return number_text(np.asarray(values, dtype=np.float64), digits)


def gaps(rng: np.random.Generator, column: pl.Series, share: float) -> pl.Series:
    """The column with that share of its cells left empty."""
    return column.set(pl.Series(rng.random(column.len()) < share), None)


def ends(days: Sequence[date], minutes: int) -> npt.NDArray[np.datetime64]:
    """The local ends of all intervals of so many minutes in a run of days."""
    count = 24 * 60 * len(days) // minutes
    return np.asarray(np.datetime64(days[0], "us") + np.arange(1, count + 1) * np.timedelta64(minutes, "m"))


def spread(world: World, table: pl.DataFrame, first: date, last: date | None = None) -> pl.DataFrame:
    """The rows with ``label_local``: days spread evenly from ``first`` to ``last`` (or the world's end), in order."""
    span = ((last or world.last) - first).days
    days = pl.duration(days=pl.int_range(pl.len()) * span // pl.len())
    return table.with_columns(label_local=pl.lit(first) + days)


def periods(table: pl.DataFrame, form: str = "%Y", *, by: str = "label_local") -> Iterator[tuple[str, pl.DataFrame]]:
    """(year or month, its rows) in order of time: a provider's file speaks of one of them."""
    names = table[by].dt.strftime(form)
    for name in names.unique().sort():
        yield name, table.filter(names == name)
