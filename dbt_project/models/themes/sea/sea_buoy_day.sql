{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per buoy, item and natural day: mean, least and greatest of its good hours.
with newest as (

    {{ newest_rows('water__sea_buoy_hourly') }}

),

hours as (

    -- quality codes 3 (suspect) and 4 (bad) are not used; 9 marks a record that lacks any item, its others are good
    select
        station_code,
        item,
        month,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        case when coalesce(agency_flag, '') not in ('3', '4') then value end as value
    from newest

)

select
    station_code,
    item,
    local_date,
    month,
    count(*) as records,
    count(value) as valid_hours,
    {{ mean_of('sum(value)', 'count(value)') }} as mean,
    min(value) as least,
    max(value) as greatest
from hours
group by station_code, item, local_date, month
