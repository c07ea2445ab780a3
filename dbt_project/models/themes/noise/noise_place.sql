-- Noise points of the register with the zone that decides their limits, and the city and province they count for.
with register as (

    {{ newest_rows('ecology__noise_point_register') }}

)

select
    register.station_code as region_code,
    'point' as region_level,
    register.station_name as name_zh,
    regions.region_code as parent_code,
    cast(register.lon_deg as decimal(12, 4)) as lon_deg,
    cast(register.lat_deg as decimal(12, 4)) as lat_deg,
    register.zone_class,
    case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code,
    case when regions.region_level = 'county' then cities.parent_code else regions.parent_code end as province_code,
    register.opened_on,
    coalesce(register.status, '') <> '停用' as is_active
from register
left join {{ ref('regions') }} as regions
    on regions.region_code = register.region_code
left join {{ ref('regions') }} as cities
    on cities.region_code = regions.parent_code
