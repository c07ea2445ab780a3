-- Communities rated as quiet, with the city they count for.
with register as (

    {{ newest_rows('ecology__quiet_communities') }}

)

select
    register.community_code,
    register.community_name as name_zh,
    cast(register.batch_year as integer) as batch_year,
    regions.region_code,
    case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code,
    case when regions.region_level = 'county' then cities.parent_code else regions.parent_code end as province_code,
    cast(register.households as bigint) as households,
    register.day_leq_dba,
    register.night_leq_dba,
    register.status,
    coalesce(register.status, '') = '已命名' as is_named
from register
left join {{ ref('regions') }} as regions
    on regions.region_code = register.region_code
left join {{ ref('regions') }} as cities
    on cities.region_code = regions.parent_code
