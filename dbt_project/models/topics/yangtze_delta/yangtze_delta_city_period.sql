-- One row per city of the Delta and period: PM2.5 and ozone with the number of valid days, comparable across provinces.
with in_periods as (

    select
        days.region_code,
        days.source,
        days.pm25_ug_m3,
        days.o3_mda8_ug_m3,
        days.o3_exceeds,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        cast(date_trunc('month', days.local_date) as date) as month_start
    from {{ ref('yangtze_delta_city_day') }} as days
    inner join {{ ref('dim_period') }} as periods
        on days.local_date between periods.period_start and periods.period_end
        and periods.theme = 'yangtze_delta'

),

editions as (

    select * from {{ ref('dim_edition') }} where edition = 'in-force'

),

months as (

    select
        in_periods.region_code,
        in_periods.period_type,
        in_periods.period_start,
        {% for item, column in {'pm25': 'pm25_ug_m3', 'o3': 'o3_mda8_ug_m3'}.items() -%}
        {{ month_is_valid(
            'count(in_periods.' ~ column ~ ')',
            "least(in_periods.period_end, last_day(in_periods.month_start)) - in_periods.month_start + 1",
            'in_periods.month_start'
        ) }} as {{ item }}_is_valid{{ ',' if not loop.last }}
        {% endfor %}
    from in_periods
    left join editions
        on in_periods.period_end between editions.applies_from and editions.applies_to
    group by
        in_periods.region_code, in_periods.period_type, in_periods.period_start, in_periods.period_end,
        in_periods.month_start, editions.february_min_days, editions.month_min_days

),

valid_months as (

    select
        region_code,
        period_type,
        period_start,
        count(*) filter (where pm25_is_valid) as pm25_months_valid,
        count(*) filter (where o3_is_valid) as o3_months_valid
    from months
    group by region_code, period_type, period_start

),

statistics as (

    select
        region_code,
        period_type,
        period_start,
        period_end,
        days_expected,
        months_expected,
        count(*) filter (where source = 'national') as days_national,
        count(pm25_ug_m3) as pm25_days,
        {{ mean_of('sum(pm25_ug_m3)', 'count(pm25_ug_m3)') }} as pm25_mean_ug_m3,
        count(o3_mda8_ug_m3) as o3_days,
        {{ percentile('o3_mda8_ug_m3', 0.90) }} as o3_p90_ug_m3,
        count(*) filter (where o3_exceeds) as o3_exceedance_days
    from in_periods
    group by region_code, period_type, period_start, period_end, days_expected, months_expected

)

select
    statistics.region_code,
    statistics.period_type,
    statistics.period_start,
    statistics.period_end,
    statistics.days_expected,
    statistics.days_national,
    statistics.pm25_days,
    coalesce({{ period_is_valid(
        'statistics.period_type', 'statistics.pm25_days', 'valid_months.pm25_months_valid', 'statistics.months_expected'
    ) }}, false) as pm25_is_valid,
    statistics.pm25_mean_ug_m3,
    statistics.o3_days,
    coalesce({{ period_is_valid(
        'statistics.period_type', 'statistics.o3_days', 'valid_months.o3_months_valid', 'statistics.months_expected'
    ) }}, false) as o3_is_valid,
    statistics.o3_p90_ug_m3,
    statistics.o3_exceedance_days
from statistics
inner join valid_months
    on valid_months.region_code = statistics.region_code
    and valid_months.period_type = statistics.period_type
    and valid_months.period_start = statistics.period_start
left join editions
    on statistics.period_end between editions.applies_from and editions.applies_to
