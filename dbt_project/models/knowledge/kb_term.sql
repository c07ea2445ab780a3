-- The vocabulary: domain terms and the lake's own words; facts of catalog/knowledge/terms.csv.
select
    term_zh,
    term_en,
    definition_zh,
    certainty,
    source
from {{ ref('terms') }}
