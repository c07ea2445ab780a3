-- One row per greenhouse-gas site; the network's register is its readings, which name the region a site lies in.
with readings as (

    {{ newest_rows('weather__greenhouse_gas_hourly') }}

)

select
    station_code as region_code,
    'site' as region_level,
    '温室气体站 ' || station_code as name_zh,
    arg_max(region_code, interval_end_at) as parent_code,
    cast(null as decimal(12, 4)) as lon_deg,
    cast(null as decimal(12, 4)) as lat_deg
from readings
group by station_code
