-- Every region a number can speak for, stations included.
select
    region_code,
    region_level,
    name_zh,
    parent_code,
    cast(null as decimal(12, 4)) as lon_deg,
    cast(null as decimal(12, 4)) as lat_deg
from {{ ref('regions') }}
union all
select
    station_code as region_code,
    'station' as region_level,
    name_zh,
    region_code as parent_code,
    lon_deg,
    lat_deg
from {{ ref('dim_station') }}
union all
select region_code, region_level, name_zh, parent_code, lon_deg, lat_deg from {{ ref('water_place') }}
