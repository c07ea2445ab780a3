{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Which stations took part in a month, and for which region: the points a city's value is counted against.
select
    hours.station_code,
    hours.month,
    stations.region_code,
    stations.region_level,
    count(*) as hours_reported
from {{ ref('air_station_hour') }} as hours
inner join {{ ref('dim_station') }} as stations
    on stations.station_code = hours.station_code
where stations.region_code is not null and {{ month_scope('hours.month') }}
group by hours.station_code, hours.month, stations.region_code, stations.region_level
