-- Every inputs_hash leads to at least one month, and every such month to at least one batch.
with hashes as (

    select distinct inputs_hash
    from {{ ref('indicator_values') }}
    where {{ tested_rows(always="period_type not in ('hour', 'day')") }}

)

select
    hashes.inputs_hash,
    inputs.month
from hashes
left join {{ ref('lineage_inputs') }} as inputs
    on inputs.inputs_hash = hashes.inputs_hash
left join {{ source('core', 'lineage_batches') }} as batches
    on batches.theme = inputs.theme
    and batches.month = inputs.month
where inputs.month is null or batches.batch is null
