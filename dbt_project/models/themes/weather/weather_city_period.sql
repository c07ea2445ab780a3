-- One row per city, item and period: mean, sum and extremes of the daily values, and whether every month has enough days.
{% set items = {'temperature': 'temperature_mean_degc', 'temperature_max': 'temperature_max_degc',
                'temperature_min': 'temperature_min_degc', 'humidity': 'humidity_mean_pct', 'wind_speed': 'wind_speed_mean_m_s',
                'precipitation': 'precipitation_mm', 'sunshine': 'sunshine_h'} -%}
with rules as (

    select
        max(case when rule = 'month_max_missing_days' then value end) as max_missing_days,
        max(case when rule = 'rain_day_min' then value end) as rain_day_min_mm
    from {{ ref('weather_rules') }}

),

days as (

    {% for item, column in items.items() -%}
    select region_code, local_date, month, '{{ item }}' as item, {{ column }} as value from {{ ref('weather_city_day') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

months as (

    select
        days.region_code,
        days.item,
        periods.period_type,
        periods.period_start,
        periods.days_expected,
        periods.months_expected,
        days.month,
        least(periods.period_end, last_day(min(days.local_date))) - cast(date_trunc('month', min(days.local_date)) as date) + 1
            - count(days.value) <= any_value(rules.max_missing_days) and count(days.value) > 0 as is_valid,
        count(days.value) as days_valid,
        sum(days.value) as total,
        max(days.value) as largest,
        min(days.value) as smallest,
        count(*) filter (where days.value >= rules.rain_day_min_mm) as rain_days
    from days
    inner join {{ ref('dim_period') }} as periods
        on days.local_date between periods.period_start and periods.period_end
        and periods.theme = 'weather'
    cross join rules
    group by
        days.region_code, days.item, periods.period_type, periods.period_start, periods.period_end, periods.days_expected,
        periods.months_expected, days.month

)

select
    region_code,
    item,
    period_type,
    period_start,
    cast(sum(days_valid) as bigint) as days_valid,
    days_expected,
    count(*) filter (where is_valid) as months_valid,
    months_expected,
    count(*) filter (where is_valid) = months_expected as is_valid,
    {{ mean_of('sum(total)', 'sum(days_valid)') }} as mean,
    cast(sum(total) as decimal(18, 4)) as total,
    max(largest) as largest,
    min(smallest) as smallest,
    cast(case when item = 'precipitation' then sum(rain_days) end as bigint) as rain_days
from months
group by region_code, item, period_type, period_start, days_expected, months_expected
