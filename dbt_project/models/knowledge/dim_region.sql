-- Every region a number can speak for, stations and the Delta included.
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
select 'YRD' as region_code, 'delta' as region_level, '长三角' as name_zh, null as parent_code, null as lon_deg, null as lat_deg
union all
select region_code, region_level, name_zh, parent_code, lon_deg, lat_deg from {{ ref('radiation_place') }}
union all
select region_code, region_level, name_zh, parent_code, lon_deg, lat_deg from {{ ref('noise_place') }}
union all
select region_code, region_level, name_zh, parent_code, lon_deg, lat_deg from {{ ref('sea_place') }}
union all
select region_code, region_level, name_zh, parent_code, lon_deg, lat_deg from {{ ref('ghg_place') }}
union all
select region_code, region_level, name_zh, parent_code, lon_deg, lat_deg from {{ ref('water_place') }}
