{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per station and local hour: mean dose rate of its five-minute means, with the rain beside it. Readings with
-- and without cosmic response are never mixed: a station that changes it begins a series of its own.
with readings as (

    select
        station_code,
        region_code,
        cosmic_response,
        date_trunc('hour', {{ local_time('interval_start_at') }}) as local_hour,
        month,
        item,
        -- calibration, fault and repair are no measurement of the place
        case when item = 'rain_5min_mm' or flag = 'N' then value end as value
    from ({{ newest_rows('ecology__radiation_gamma') }}) as rows

),

hours as (

    select
        station_code,
        max(region_code) as region_code,
        cosmic_response,
        local_hour,
        cast(local_hour as date) as local_date,
        month,
        count(case when item = 'gamma_ngy_h' then value end) as intervals_valid,
        sum(case when item = 'gamma_ngy_h' then value end) as gamma_sum,
        sum(case when item = 'rain_5min_mm' then value end) as rain_mm
    from readings
    group by station_code, cosmic_response, local_hour, month

)

select
    hours.station_code,
    hours.region_code,
    hours.cosmic_response,
    hours.local_hour,
    hours.local_date,
    hours.month,
    hours.intervals_valid,
    case when hours.intervals_valid >= hour_min_intervals.value then
        {{ mean_of('hours.gamma_sum', 'hours.intervals_valid') }}
    end as gamma_ngy_h,
    cast(hours.rain_mm as decimal(12, 4)) as rain_mm
from hours
{{ rule_join(ref('radiation_rules'), 'hour_min_intervals', 'hours.local_date') }}
