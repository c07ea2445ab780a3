select
    station_code,
    item,
    interval_start_at,
    interval_end_at,
    month,
    value,
    authority,
    batch,
    line
from {{ source('core', 'air__cnemc_station_hourly') }}
