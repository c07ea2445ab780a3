-- One row per batch of marine plastic; void batches stay and are marked.
with newest as (

    {{ newest_rows('ecology__marine_plastic') }}

)

select
    newest.batch_code,
    cast({{ local_time('newest.interval_start_at') }} as date) as collected_on,
    case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code,
    case when regions.region_level = 'county' then cities.parent_code else regions.parent_code end as province_code,
    newest.collection_point,
    newest.origin,
    newest.material,
    newest.mass_kg,
    newest.chain_state,
    coalesce(newest.chain_state, '') <> '作废' as counts,
    coalesce(newest.chain_state, '') = '已认证' as is_certified
from newest
left join {{ ref('regions') }} as regions
    on regions.region_code = newest.region_code
left join {{ ref('regions') }} as cities
    on cities.region_code = regions.parent_code
