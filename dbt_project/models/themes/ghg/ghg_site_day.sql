{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per site, gas and local day: sum and number of the valid hours, of all and of those under background conditions.
with readings as (

    {{ newest_rows('weather__greenhouse_gas_hourly') }}

)

select
    station_code as region_code,
    item as gas,
    {{ local_day('interval_start_at') }} as local_date,
    month,
    count(value) as hours_valid,
    cast(sum(value) as decimal(18, 4)) as value_sum,
    count(case when agency_flag = 'B' then value end) as background_hours,
    cast(sum(case when agency_flag = 'B' then value end) as decimal(18, 4)) as background_sum,
    {{ mean_of('sum(value)', 'count(value)') }} as mean,
    {{ mean_of("sum(case when agency_flag = 'B' then value end)", "count(case when agency_flag = 'B' then value end)") }}
        as background_mean
from (
    -- an hour of calibration or maintenance is none of the air's
    select station_code, item, interval_start_at, month, agency_flag, case when agency_flag in ('V', 'B', 'P') then value end as value
    from readings
) as hours
group by station_code, item, {{ local_day('interval_start_at') }}, month
