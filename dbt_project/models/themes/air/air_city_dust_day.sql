{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Days that a dust episode touched, by the start and end test on the city's hours. A month is judged from its own hours: an
-- episode that begins in its first six hours is found when the six hours before it are in the same month.
with hours as (

    select
        region_code,
        region_level,
        month,
        local_date,
        interval_start_at,
        pm10_ug_m3,
        pm25_ug_m3,
        sum(pm10_ug_m3) over six_before as pm10_before_sum,
        sum(pm25_ug_m3) over six_before as pm25_before_sum,
        count(*) over six_before as hours_before
    from {{ ref('air_city_hour') }}
    where pm10_ug_m3 > 0 and pm25_ug_m3 is not null and {{ month_scope() }}
    window six_before as (
        partition by region_code, month
        order by interval_start_at range between interval 6 hours preceding and interval 1 hours preceding
    )

),

starts as (

    select
        hours.region_code,
        hours.month,
        hours.interval_start_at as start_at,
        {{ plus_hours('hours.interval_start_at', 'rules.max_hours') }} as latest_end_at,
        rules.end_multiple * hours.pm10_before_sum / hours.hours_before as end_ug_m3
    from hours
    inner join {{ ref('air_dust_rules') }} as rules
        on hours.local_date >= coalesce(rules.valid_from, hours.local_date)
        and hours.local_date <= coalesce(rules.valid_to, hours.local_date)
    where hours.hours_before >= rules.min_hours_before
        and hours.pm10_ug_m3 * hours.hours_before >= rules.start_multiple * hours.pm10_before_sum
        and hours.pm25_ug_m3 * hours.pm10_before_sum
        <= rules.share_multiple * hours.pm25_before_sum * hours.pm10_ug_m3

),

episodes as (

    select
        starts.region_code,
        starts.month,
        starts.start_at,
        coalesce(
            min(hours.interval_start_at) filter (where hours.pm10_ug_m3 <= starts.end_ug_m3), starts.latest_end_at
        ) as end_at
    from starts
    left join hours
        on hours.region_code = starts.region_code
        and hours.month = starts.month
        and hours.interval_start_at > starts.start_at
        and hours.interval_start_at < starts.latest_end_at
    group by starts.region_code, starts.month, starts.start_at, starts.latest_end_at

)

select
    hours.region_code,
    hours.region_level,
    hours.local_date,
    hours.month,
    cast(count(distinct hours.interval_start_at) as integer) as dust_hours
from hours
inner join episodes
    on episodes.region_code = hours.region_code
    and episodes.month = hours.month
    and hours.interval_start_at >= episodes.start_at
    and hours.interval_start_at < episodes.end_at
group by hours.region_code, hours.region_level, hours.local_date, hours.month
