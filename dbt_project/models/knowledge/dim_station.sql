-- Stations with the region they speak for: the newest register entry, its city found among the regions by name.
with entries as (

    select
        station_code,
        station_name as name_zh,
        city as city_zh,
        lon_deg,
        lat_deg,
        row_number() over (partition by station_code order by authority desc) as nth
    from {{ source('core', 'air__station_register') }}

)

select
    entries.station_code,
    entries.name_zh,
    entries.city_zh,
    regions.region_code,
    regions.region_level,
    entries.lon_deg,
    entries.lat_deg
from entries
left join {{ ref('regions') }} as regions
    on regions.region_level in ('city', 'county')
    and regions.name_zh in (entries.city_zh || '市', entries.city_zh || '区', entries.city_zh || '县')
where entries.nth = 1
