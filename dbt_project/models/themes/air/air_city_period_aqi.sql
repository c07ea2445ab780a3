{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- One row per city, edition and period: how many days had an AQI, were good, exceeded, and what they exceeded by.
with in_periods as (

    select
        days.region_code,
        days.region_level,
        days.edition,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        cast(date_trunc('month', days.local_date) as date) as month_start,
        days.aqi,
        days.primary_pollutants,
        days.iaqi_pm25,
        days.iaqi_pm10,
        days.iaqi_so2,
        days.iaqi_no2,
        days.iaqi_co,
        days.iaqi_o3_8h as iaqi_o3
    from {{ ref('air_city_day_aqi') }} as days
    inner join {{ ref('dim_period') }} as periods
        on days.local_date between periods.period_start and periods.period_end
        and periods.theme = 'air'
        and {{ period_scope('periods') }}

),

editions as (

    select * from {{ ref('dim_edition') }}

),

months as (

    select
        in_periods.region_code,
        in_periods.edition,
        in_periods.period_type,
        in_periods.period_start,
        in_periods.month_start,
        {{ month_is_valid(
            'count(in_periods.aqi)',
            "least(in_periods.period_end, last_day(in_periods.month_start)) - in_periods.month_start + 1",
            'in_periods.month_start'
        ) }} as is_valid
    from in_periods
    left join editions
        on editions.edition = in_periods.edition
        and in_periods.period_end between editions.applies_from and editions.applies_to
    group by
        in_periods.region_code, in_periods.edition, in_periods.period_type, in_periods.period_start,
        in_periods.period_end, in_periods.month_start, editions.february_min_days, editions.month_min_days

),

valid_months as (

    select region_code, edition, period_type, period_start, count(*) filter (where is_valid) as months_valid
    from months
    group by region_code, edition, period_type, period_start

),

counts as (

    select
        region_code,
        region_level,
        edition,
        period_type,
        period_start,
        period_end,
        days_expected,
        months_expected,
        count(aqi) as days_valid,
        count(*) filter (where aqi <= 100) as good_days,
        count(*) filter (where aqi > 100) as exceedance_days,
        count(*) filter (where aqi > 200) as heavy_days,
        {% for pollutant, name in {'pm25': 'PM2.5', 'pm10': 'PM10', 'so2': 'SO2', 'no2': 'NO2', 'co': 'CO', 'o3': 'O3'}.items() -%}
        count(*) filter (where iaqi_{{ pollutant }} > 100) as {{ pollutant }}_exceedance_days,
        count(*) filter (where list_contains(string_split(primary_pollutants, ','), '{{ name }}')) as {{ pollutant }}_primary_days
        {{- ',' if not loop.last }}
        {% endfor %}
    from in_periods
    group by region_code, region_level, edition, period_type, period_start, period_end, days_expected, months_expected

)

select
    counts.*,
    editions.rulebook,
    valid_months.months_valid,
    coalesce({{ period_is_valid(
        'counts.period_type', 'counts.days_valid', 'valid_months.months_valid', 'counts.months_expected'
    ) }}, false) as is_valid
from counts
inner join valid_months
    on valid_months.region_code = counts.region_code
    and valid_months.edition = counts.edition
    and valid_months.period_type = counts.period_type
    and valid_months.period_start = counts.period_start
left join editions
    on editions.edition = counts.edition
    and counts.period_end between editions.applies_from and editions.applies_to
