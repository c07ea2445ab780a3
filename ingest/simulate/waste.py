"""Mass balances of waste: what units have in stock, make, receive, hand over and treat, month by month.

Every row closes to the kilogram but for the units whose known residual is given. Does not belong here: the ledgers'
formats (``simulate.py`` beside their cards).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from ingest.simulate import ledgers


def balances(
    rng: np.random.Generator,
    firms: pl.DataFrame,
    months: Sequence[date],
    codes: Mapping[str, float],
    lost_t: Mapping[int, float],
) -> pl.DataFrame:
    """One row a firm and month. ``codes``: waste code → typical monthly mass in t; ``lost_t``: firm → residual.

    Balance: end = start + produced + received − transferred − self-utilised − self-disposed − residual.
    """
    shape = (len(months), firms.height)
    kind = rng.integers(0, len(codes), firms.height)
    typical = np.array(list(codes.values()))[kind] * rng.lognormal(0, 0.6, firms.height)
    produced = np.round(typical * rng.lognormal(0, 0.2, shape), 3)
    received = np.round(produced * (np.arange(firms.height) % 11 == 6) * 0.8, 3)  # every eleventh treats others' waste
    residual = np.zeros(shape)
    for firm, mass in lost_t.items():
        residual[:, firm : firm + 1] = mass
    own = np.round((produced + received) * rng.uniform(0.0, 0.35, shape) * (np.arange(firms.height) % 3 == 0), 3)
    disposed = np.round((produced + received - own) * 0.9 * (np.arange(firms.height) % 11 == 6), 3)
    stock = np.empty((len(months) + 1, firms.height))
    stock[0] = np.round(typical * 0.8 + 5, 3)
    transferred = np.empty(shape)
    for month in range(len(months)):  # a stock is what last month left: inherently one after the other
        left = stock[month] + produced[month] + received[month] - own[month] - disposed[month] - residual[month]
        transferred[month] = np.round(np.maximum(0, left - 0.8 * typical * rng.uniform(0.6, 1.4, firms.height)), 3)
        stock[month + 1] = np.round(left - transferred[month], 3)
    repeated = pl.concat([firms.select("credit_code", "firm_name", "region_code")] * len(months))
    masses = {
        "stock_start_t": stock[:-1], "produced_t": produced, "received_t": received, "transferred_t": transferred,
        "self_utilised_t": own, "self_disposed_t": disposed, "stock_end_t": stock[1:],
    }  # fmt: skip
    return repeated.with_columns(
        pl.Series("waste_code", np.tile(np.array(list(codes), dtype=object)[kind], len(months)).tolist()),
        pl.Series("label_local", np.array(months, dtype="datetime64[us]").repeat(firms.height)),
        *(ledgers.fixed(mass.ravel(), 3).alias(name) for name, mass in masses.items()),
    )
