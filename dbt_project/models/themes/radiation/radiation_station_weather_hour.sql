{{ config(materialized='view') }}

-- The hours of stations, told apart by weather: wet while it rains and until the radon progeny have faded.
select
    hours.station_code,
    hours.region_code,
    hours.cosmic_response,
    hours.local_hour,
    hours.local_date,
    hours.intervals_valid,
    hours.gamma_ngy_h,
    hours.rain_mm,
    coalesce(max(hours.rain_mm) over (
        partition by hours.station_code
        order by hours.local_hour
        range between to_hours(cast(rain_wait_hours.value as integer)) preceding and current row
    ), 0) > 0 as is_wet
from {{ ref('radiation_station_hour') }} as hours
{{ rule_join(ref('radiation_rules'), 'rain_wait_hours', 'hours.local_date') }}
