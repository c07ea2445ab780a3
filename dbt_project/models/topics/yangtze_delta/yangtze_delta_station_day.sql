{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per partner's air station and natural day: PM2.5 and ozone by the rules that the air theme applies to its own.
with packets as ({{ newest_rows('yangtze_delta__air_hourly', where="item in ('pm25_ug_m3', 'o3_ug_m3')") }}),

hours as (

    select
        station_code,
        source_province,
        item,
        month,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        cast(extract(hour from {{ local_time('interval_start_at') }}) as integer) + 1 as hour_of_day,
        -- what the partner marks as maintenance or calibration is no measurement
        case when coalesce(agency_flag, 'N') = 'N' then value end as value
    from packets

),

daily as (

    select
        station_code,
        source_province,
        local_date,
        month,
        sum(value) filter (where item = 'pm25_ug_m3') as pm25_sum,
        count(value) filter (where item = 'pm25_ug_m3') as pm25_hours,
        count(value) filter (where item = 'o3_ug_m3') as o3_hours
    from hours
    group by station_code, source_province, local_date, month

),

editions as (

    select * from {{ ref('dim_edition') }} where edition = 'in-force'

),

{{ eight_hour_means('value', "hours.item = 'o3_ug_m3'") }}

select
    daily.station_code,
    daily.source_province,
    daily.local_date,
    daily.month,
    daily.pm25_hours,
    case when daily.pm25_hours >= editions.day_min_hours
        then {{ mean_of('daily.pm25_sum', 'daily.pm25_hours') }} end as pm25_ug_m3,
    daily.o3_hours,
    coalesce(eight_hours.o3_windows, 0) as o3_windows,
    case
        when eight_hours.o3_windows >= editions.o3_day_min_windows
            or {{ half_even('eight_hours.o3_mda8_ug_m3') }} > limits.grade2
            then eight_hours.o3_mda8_ug_m3
    end as o3_mda8_ug_m3
from daily
left join eight_hours
    on eight_hours.station_code = daily.station_code and eight_hours.local_date = daily.local_date
left join editions
    on daily.local_date between editions.applies_from and editions.applies_to
left join {{ ref('air_limits') }} as limits
    on limits.limits_edition = editions.limits_edition
    and limits.pollutant = 'o3'
    and limits.averaging = 'daily_max_8h'
