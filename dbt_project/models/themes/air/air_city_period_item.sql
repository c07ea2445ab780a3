{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- One row per city, pollutant and period: means and percentiles of the daily values, and whether there are enough days.
{% set columns = {'pm25': 'pm25_ug_m3', 'pm10': 'pm10_ug_m3', 'so2': 'so2_ug_m3', 'no2': 'no2_ug_m3',
                  'co': 'co_mg_m3', 'o3': 'o3_mda8_ug_m3'} %}

with items as (

    {% for pollutant, column in columns.items() -%}
    select region_code, region_level, local_date, '{{ pollutant }}' as pollutant, {{ column }} as value
    from {{ ref('air_city_day') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

in_periods as (

    select
        items.region_code,
        items.region_level,
        items.pollutant,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        cast(date_trunc('month', items.local_date) as date) as month_start,
        items.value
    from items
    inner join {{ ref('dim_period') }} as periods
        on items.local_date between periods.period_start and periods.period_end
        and periods.theme = 'air'
        and {{ period_scope('periods') }}

),

editions as (

    select * from {{ ref('dim_edition') }} where edition = 'in-force'

),

months as (

    select
        in_periods.region_code,
        in_periods.pollutant,
        in_periods.period_type,
        in_periods.period_start,
        in_periods.month_start,
        {{ month_is_valid(
            'count(in_periods.value)',
            "least(in_periods.period_end, last_day(in_periods.month_start)) - in_periods.month_start + 1",
            'in_periods.month_start'
        ) }} as is_valid
    from in_periods
    left join editions
        on in_periods.period_end between editions.applies_from and editions.applies_to
    group by
        in_periods.region_code, in_periods.pollutant, in_periods.period_type, in_periods.period_start,
        in_periods.period_end, in_periods.month_start, editions.february_min_days, editions.month_min_days

),

valid_months as (

    select region_code, pollutant, period_type, period_start, count(*) filter (where is_valid) as months_valid
    from months
    group by region_code, pollutant, period_type, period_start

),

statistics as (

    select
        region_code,
        region_level,
        pollutant,
        period_type,
        period_start,
        period_end,
        days_expected,
        months_expected,
        count(value) as days_valid,
        {{ mean_of('sum(value)', 'count(value)') }} as mean,
        {{ percentile('value', 0.90) }} as p90,
        {{ percentile('value', 0.95) }} as p95,
        {{ percentile('value', 0.98) }} as p98
    from in_periods
    group by
        region_code, region_level, pollutant, period_type, period_start, period_end, days_expected, months_expected

)

select
    statistics.region_code,
    statistics.region_level,
    statistics.pollutant,
    statistics.period_type,
    statistics.period_start,
    statistics.period_end,
    editions.rulebook,
    statistics.days_valid,
    statistics.days_expected,
    valid_months.months_valid,
    statistics.months_expected,
    coalesce({{ period_is_valid(
        'statistics.period_type', 'statistics.days_valid', 'valid_months.months_valid', 'statistics.months_expected'
    ) }}, false) as is_valid,
    statistics.mean,
    statistics.p90,
    statistics.p95,
    statistics.p98
from statistics
inner join valid_months
    on valid_months.region_code = statistics.region_code
    and valid_months.pollutant = statistics.pollutant
    and valid_months.period_type = statistics.period_type
    and valid_months.period_start = statistics.period_start
left join editions
    on statistics.period_end between editions.applies_from and editions.applies_to
