-- One row per section that ever reported: what the register says of it; without an entry the kind of water as inferred from
-- published classes, else assumed to be a river.
with registered as (

    {{ newest_rows('water__section_register') }}

),

neighbours as (

    {{ newest_rows('yangtze_delta__station_register', where="kind = 'water'") }}

),

heard as (

    select distinct station_code from {{ source('core', 'water__section_auto_4hourly') }}
    union
    select distinct station_code from {{ source('core', 'water__section_auto_api') }}
    union
    select distinct station_code from {{ source('core', 'water__section_monthly') }}
    union
    select distinct station_code from {{ source('core', 'yangtze_delta__water_4hourly') }}
    union
    select station_code from registered

),

named as (

    select
        heard.station_code,
        case when heard.station_code like '%|%|%' then split_part(heard.station_code, '|', 2) end as key_basin,
        case when heard.station_code like '%|%|%' then split_part(heard.station_code, '|', 3) end as key_name
    from heard

)

select
    named.station_code,
    coalesce(registered.section_name, neighbours.station_name, named.key_name, named.station_code) as section_name,
    coalesce(registered.basin, named.key_basin) as basin,
    registered.river_name,
    case
        when registered.water_body_type = '湖库' then 'lake'
        when registered.water_body_type = '河流' then 'river'
        else coalesce(inferred.water_type, 'river')
    end as water_type,
    case
        when registered.water_body_type is not null then 'register'
        when inferred.water_type is not null then 'inferred'
        else 'assumed'
    end as type_source,
    coalesce(registered.region_code, neighbours.region_code) as region_code,
    registered.control_level,
    case registered.target_class
        when 'Ⅰ' then 1 when 'Ⅱ' then 2 when 'Ⅲ' then 3 when 'Ⅳ' then 4 when 'Ⅴ' then 5
    end as target_class,
    cast(registered.lon_deg as decimal(12, 4)) as lon_deg,
    cast(registered.lat_deg as decimal(12, 4)) as lat_deg
from named
left join registered
    on registered.station_code = named.station_code
left join neighbours
    on neighbours.station_code = named.station_code
left join {{ ref('water_inferred_types') }} as inferred
    on inferred.basin = named.key_basin
    and inferred.section_name = named.key_name
