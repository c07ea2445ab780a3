-- Standards and rules with the time they are in force and what they decide; facts of catalog/knowledge/standards.csv.
select
    {{ kb_id("'standard'", 'standard_code') }} as entity_id,
    standard_code,
    family,
    number,
    title_zh,
    edition,
    in_force_from,
    in_force_to,
    date_precision,
    replaced_by,
    clause,
    decides_zh,
    certainty,
    source
from {{ ref('standards') }}
