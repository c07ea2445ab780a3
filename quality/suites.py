"""Great Expectations suites from cards: what each figure of a batch's profile must be.

A suite is run over the profile, one column a test and one row a batch and subject, never over raw rows: 33 s and 2.6 GB
for 10 million rows against milliseconds. Does not belong here: what follows from a missed expectation (``gate``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import polars as pl

from ingest.card import Card, CardError
from quality.profile import WHOLE
from quality.registry import tests_of

# The figure of the profile that each test of a batch looks at.
FIGURES = {
    "rows": "n_rows",
    "completeness": "completeness",
    "null_share": "null_share",
    "shift": "shift_sigma",
    "freshness": "age_hours",
    "quarantine_share": "quarantine_share",
    "aqi_from_pollutants": "aqi_equal_share",
    "aqi_barred": "aqi_equal_share",
}


@dataclass(frozen=True)
class Bound:
    """A figure must lie between two values; None = open."""

    test: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Miss:
    """A figure that does not: of which batch, of which item or column (``*`` = the batch as a whole)."""

    batch: str
    subject: str
    bound: Bound
    observed: float


def bounds(card: Card) -> list[Bound]:
    """What a card's gate asks. Raises CardError when ``gate.fail_on`` names a test that does not exist."""
    gate = card.gate
    if unknown := sorted(set(gate.fail_on) - set(tests_of("batch"))):
        raise CardError(f"{card.id}: gate.fail_on names {unknown}; there are {', '.join(tests_of('batch'))}")
    asked = [
        Bound("rows", minimum=1),
        Bound("completeness", minimum=gate.min_completeness),
        Bound("null_share", maximum=gate.max_null_share),
        Bound("shift", minimum=-gate.max_shift_sigma, maximum=gate.max_shift_sigma),
        Bound("quarantine_share", maximum=gate.max_quarantine_share),
    ]
    if gate.freshness_hours is not None:
        asked.append(Bound("freshness", maximum=gate.freshness_hours))
    if gate.aqi_from_pollutants is not None:
        asked.append(Bound("aqi_from_pollutants", minimum=gate.aqi_from_pollutants))
        if not is_aqi_barred(card):
            asked.append(Bound("aqi_barred", minimum=gate.aqi_from_pollutants))
    return asked


def is_aqi_barred(card: Card) -> bool:
    """The card forbids the use of its AQI. An item of a long dataset cannot be barred."""
    return any(c.name == "aqi" and c.barred is not None for c in card.columns)


def figures(subjects: pl.DataFrame) -> pl.DataFrame:
    """The profile as a suite sees it: a column per test; null where a test does not apply."""
    whole = pl.when(pl.col("subject") == WHOLE)
    named = {test: pl.col(figure) for test, figure in FIGURES.items()} | {"rows": whole.then(pl.col("n_rows"))}
    return subjects.select("batch", "subject", **{name: value.cast(pl.Float64) for name, value in named.items()})


def validate(card: Card, subjects: pl.DataFrame) -> list[Miss]:
    """Run the card's suite once over the profile of all new batches of a dataset."""
    result = _run(card, figures(subjects))
    asked = {bound.test: bound for bound in bounds(card)}
    misses = []
    for outcome in result.results:
        test = outcome.expectation_config.meta["test"]
        if outcome.exception_info.get("raised_exception"):
            raise RuntimeError(f"{card.id}: expectation {test} broke: {outcome.exception_info['exception_message']}")
        for row in outcome.result.get("unexpected_index_list") or []:
            misses.append(Miss(row["batch"], row["subject"], asked[test], float(row[test])))
    order = list(asked)
    return sorted(misses, key=lambda m: (m.batch, order.index(m.bound.test), m.subject))


def _run(card: Card, table: pl.DataFrame) -> Any:  # GX gives no types away
    # Read at import: nothing about a department's data quality leaves the machine.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # noqa: PLC0415  8 s to import: only a run that has a new batch pays for it
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415
    from great_expectations.expectations.core.expect_column_values_to_be_between import (  # noqa: PLC0415
        ExpectColumnValuesToBeBetween,
    )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("profile").add_dataframe_asset(card.id)
    suite = context.suites.add(gx.ExpectationSuite(card.id))
    for bound in bounds(card):
        expectation = ExpectColumnValuesToBeBetween(
            column=bound.test, min_value=bound.minimum, max_value=bound.maximum, meta={"test": bound.test}
        )
        suite.add_expectation(expectation)
    definition = gx.ValidationDefinition(
        name=card.id, data=asset.add_batch_definition_whole_dataframe("all"), suite=suite
    )
    wanted: dict[str, Any] = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["batch", "subject"],
    }
    run = context.validation_definitions.add(definition)
    return run.run(batch_parameters={"dataframe": table.to_pandas()}, result_format=wanted)
