{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- One row per city, particulate and period: the mean with every day, and without the days that dust touched.
with daily as (

    {% for pollutant in ['pm25', 'pm10'] -%}
    select
        days.region_code,
        days.region_level,
        days.local_date,
        '{{ pollutant }}' as pollutant,
        days.{{ pollutant }}_ug_m3 as value,
        dust.dust_hours is not null as is_dusty
    from {{ ref('air_city_day') }} as days
    left join {{ ref('air_city_dust_day') }} as dust
        on dust.region_code = days.region_code and dust.local_date = days.local_date
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

summed as (

    select
        daily.region_code,
        daily.region_level,
        daily.pollutant,
        periods.period_type,
        periods.period_start,
        cast(count(*) filter (where daily.is_dusty) as integer) as dust_days,
        cast(count(daily.value) filter (where not daily.is_dusty) as integer) as days_left,
        {{ mean_of(
            'sum(daily.value) filter (where not daily.is_dusty)', 'count(daily.value) filter (where not daily.is_dusty)'
        ) }} as mean_without_dust
    from daily
    inner join {{ ref('dim_period') }} as periods
        on daily.local_date between periods.period_start and periods.period_end
        and periods.theme = 'air'
        and {{ period_scope('periods') }}
    group by daily.region_code, daily.region_level, daily.pollutant, periods.period_type, periods.period_start

)

select
    summed.region_code,
    summed.region_level,
    summed.pollutant,
    summed.period_type,
    summed.period_start,
    items.days_valid,
    items.days_expected,
    items.months_valid,
    items.months_expected,
    items.is_valid,
    items.mean,
    summed.dust_days,
    summed.days_left,
    summed.mean_without_dust
from summed
inner join {{ ref('air_city_period_item') }} as items
    on items.region_code = summed.region_code
    and items.pollutant = summed.pollutant
    and items.period_type = summed.period_type
    and items.period_start = summed.period_start
