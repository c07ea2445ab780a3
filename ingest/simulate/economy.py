"""The simulated province's yearly economy: product, people, energy and CO2 per city, consistent with one another.

CO2 = energy × a carbon factor that falls by 2 % a year; energy per product falls by 3 % a year. So the trend of every
ratio is known. Does not belong here: how a yearbook prints it.
"""

from __future__ import annotations

import polars as pl

from ingest.simulate.feeds import World

# (product in 10^8 yuan, people in 10^4, secondary industry's share, tce per 10^4 yuan) of a city in 2023, rounded
CITIES = {
    "330100": (20000, 1252, 0.28, 0.22),
    "330200": (16400, 970, 0.45, 0.36),
    "330300": (8700, 976, 0.41, 0.26),
    "330400": (7000, 559, 0.53, 0.42),
    "330500": (4000, 344, 0.49, 0.46),
    "330600": (7800, 540, 0.47, 0.38),
    "330700": (6000, 716, 0.40, 0.36),
    "330800": (2100, 229, 0.42, 0.64),
    "330900": (2100, 117, 0.48, 0.60),
    "331000": (6200, 673, 0.44, 0.30),
    "331100": (2000, 252, 0.37, 0.30),
}
BASE = 2023
GROWTH, ENERGY_TREND, CARBON_TREND, PRICE = 1.055, 0.97, 0.98, 1.01
TONNES_CO2_PER_TCE = 2.1


def accounts(world: World) -> pl.DataFrame:
    """One row a city and year: region_code, year, and the yearly accounts, rounded as published."""
    cities = pl.DataFrame(
        [(code, *facts) for code, facts in CITIES.items()],
        schema=["region_code", "product", "people", "secondary", "energy"],
        orient="row",
    ).head(world.some(len(CITIES)))
    jitter = pl.Series(world.rng("economy").normal(1, 0.004, cities.height * len(world.years)))
    table = cities.join(pl.DataFrame({"year": world.years}), how="cross").with_columns(jitter.alias("jitter"))
    age = pl.col("year") - BASE
    constant = pl.col("product") * GROWTH**age * pl.col("jitter")
    energy = constant * pl.col("energy") * ENERGY_TREND**age
    current = (constant * PRICE**age).round(1)
    primary, secondary = (current * 0.028).round(1), (current * (pl.col("secondary") - 0.004 * age)).round(1)
    return table.select(
        "region_code",
        "year",
        gdp_current=current,
        gdp_primary=primary,
        gdp_secondary=secondary,
        gdp_tertiary=(current - primary - secondary).round(1),
        gdp_constant=constant.round(1),
        people=(pl.col("people") * 1.004**age).round(1),
        energy_tce=energy.round(1),
        electricity=(energy * 0.62).round(2),
        co2_mt=(energy * TONNES_CO2_PER_TCE * CARBON_TREND**age / 100).round(6),
    )
