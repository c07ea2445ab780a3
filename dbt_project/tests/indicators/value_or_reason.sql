-- A number, or the reason why there is none, never both and never neither; coverage is a share; the unit is the catalog's.
select
    indicator_code,
    edition,
    region_code,
    period_type,
    period_start,
    value,
    null_reason,
    coverage,
    unit
from {{ ref('indicator_values') }}
where {{ tested_rows(always="period_type not in ('hour', 'day')") }} and (
    (value is null) <> (null_reason is not null)
    or coverage not between 0 and 1
    or unit is null
    or status not in ('provisional', 'verified')
    or n_inputs < 0
)
