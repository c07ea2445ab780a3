"""Where a number came from, as far as the publication itself tells: months, batches, restatement; and quality facts.

Does not belong here: the bytes themselves (``ecolake trace`` walks to them) or any judgement.
"""

from __future__ import annotations

import polars as pl

from catalog.publication import Publication
from streamlit_app.figures import Figure
from streamlit_app.source import cached


@cached
def batches_behind(publication: Publication, inputs_hash: str) -> pl.DataFrame:
    """Batches a number depends on: months they fall into, dataset, object, hash, when received, rows."""
    query = """
        SELECT batches.dataset, batches.object_name, batches.object_sha256, batches.received_at, batches.accepted,
            min(inputs.month) AS first_month, max(inputs.month) AS last_month
        FROM lineage_inputs AS inputs
        JOIN lineage_batches AS lineage USING (theme, month)
        JOIN batches USING (dataset, batch)
        WHERE inputs.inputs_hash = ?
        GROUP BY ALL
        ORDER BY first_month, batches.dataset, batches.object_name, batches.received_at"""
    with publication.connect() as db:
        return db.execute(query, [inputs_hash]).pl()


@cached
def months_behind(publication: Publication, inputs_hash: str) -> list[str]:
    """Months whose inputs a number depends on."""
    with publication.connect() as db:
        found = db.execute("SELECT DISTINCT month FROM lineage_inputs WHERE inputs_hash = ? ORDER BY 1", [inputs_hash])
        return [month for (month,) in found.fetchall()]


@cached
def restatement(publication: Publication, figure: Figure) -> tuple[str, object, object] | None:
    """(kind, value before, value after) if the publication before gave this number differently."""
    query = """
        SELECT kind, value_before, value_after FROM restatements
        WHERE indicator_code = ? AND edition = ? AND region_code = ? AND period_type = ?
            AND CAST(period_start AS DATE) = ?"""
    asked = [figure.card.code, figure.edition, figure.region.code, figure.period.type, figure.period.start]
    with publication.connect() as db:
        return db.execute(query, asked).fetchone()


@cached
def reconciliation(publication: Publication) -> pl.DataFrame:
    """Per dataset: batches, rows in and what became of them; ``closes`` when they add up in every batch."""
    query = """
        SELECT dataset, count(*) AS batches, sum(rows_in)::BIGINT AS rows_in, sum(accepted)::BIGINT AS accepted,
            sum(quarantined)::BIGINT AS quarantined, sum(duplicates)::BIGINT AS duplicates,
            bool_and(rows_in = accepted + quarantined + duplicates) AS closes, max(received_at) AS last_received_at
        FROM batches GROUP BY dataset ORDER BY dataset"""
    with publication.connect() as db:
        return db.execute(query).pl()


@cached
def restatements(publication: Publication) -> pl.DataFrame:
    """Changes against the publication before: how many of each kind per indicator, and the largest relative one.

    Where the number only counts the names beside it (primary pollutants) its change has no size worth telling.
    """
    query = """
        SELECT catalog.name_zh, kind, count(*) AS changed,
            max(abs(relative_change)) FILTER (catalog.unit_zh <> '个') AS largest_relative_change,
            any_value(previous_publication) AS previous_publication
        FROM restatements LEFT JOIN catalog_indicators AS catalog ON catalog.code = restatements.indicator_code
        GROUP BY ALL ORDER BY changed DESC, catalog.name_zh, kind"""
    with publication.connect() as db:
        return db.execute(query).pl()


# Every number once: under the rules in force, or under the only edition it has.
AS_RULED = """(
        FROM indicator_values
        WHERE edition = 'in-force' OR indicator_code IN (
            SELECT indicator_code FROM indicator_values GROUP BY ALL HAVING min(edition) = max(edition)
        )
    ) AS figures JOIN catalog_indicators AS catalog ON catalog.code = figures.indicator_code"""


@cached
def by_theme(publication: Publication) -> pl.DataFrame:
    """Theme → indicators, figures, those with a value, mean coverage; without the derived same-period changes."""
    query = f"""
        SELECT catalog.theme, count(DISTINCT indicator_code) AS indicators, count(*) AS figures,
            count(value) AS present, avg(coverage)::DOUBLE AS coverage
        FROM {AS_RULED}
        WHERE NOT ends_with(indicator_code, '_yoy')
        GROUP BY ALL ORDER BY theme"""
    with publication.connect() as db:
        return db.execute(query).pl()


@cached
def absences(publication: Publication) -> pl.DataFrame:
    """Values under the editions in force, or the only one they have: by theme how many, how many are null and why."""
    query = f"""
        SELECT catalog.theme, period_type, regexp_extract(coalesce(null_reason, ''), '^[a-z0-9_]+') AS reason,
            count(*) AS figures
        FROM {AS_RULED}
        GROUP BY ALL ORDER BY theme, period_type, figures DESC, reason"""
    with publication.connect() as db:
        return db.execute(query).pl()
