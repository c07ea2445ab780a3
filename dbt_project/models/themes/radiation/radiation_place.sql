-- Radiation stations as places that a number can speak for.
select
    station_code as region_code,
    'station' as region_level,
    '辐射环境自动站' || station_code as name_zh,
    max(region_code) as parent_code,
    cast(null as decimal(12, 4)) as lon_deg,
    cast(null as decimal(12, 4)) as lat_deg
from {{ ref('radiation_station_hour') }}
group by station_code
