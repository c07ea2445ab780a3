{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per station and natural day (local intervals 00-01 … 23-24): daily means with enough hours, ozone's daily
-- maximum of 8-h means, and the daily AQI under the edition in force.
{% set pollutants = {'pm25': 'pm25_ug_m3', 'pm10': 'pm10_ug_m3', 'so2': 'so2_ug_m3', 'no2': 'no2_ug_m3', 'co': 'co_mg_m3'} %}

with hours as (

    select *
    from {{ ref('air_station_hour') }}
    where {{ month_scope() }}

),

daily as (

    select
        station_code,
        local_date,
        month,
        {% for code, column in pollutants.items() -%}
        sum({{ column }}) as {{ code }}_sum,
        count({{ column }}) as {{ code }}_hours,
        {% endfor -%}
        count(o3_ug_m3) as o3_hours,
        max(o3_ug_m3) as o3_max1h_ug_m3
    from hours
    group by station_code, local_date, month

),

editions as (

    select *
    from {{ ref('dim_edition') }}
    where edition = 'in-force'

),

{{ eight_hour_means('o3_ug_m3') }},

base as (

    -- Too few hours: no daily value. Too few ozone windows: a value only if it exceeds the limit all the same.
    select
        daily.station_code,
        daily.local_date,
        daily.month,
        editions.rulebook,
        editions.aqi_edition,
        {% for code, column in pollutants.items() -%}
        case when daily.{{ code }}_hours >= editions.day_min_hours
            then {{ mean_of('daily.' ~ code ~ '_sum', 'daily.' ~ code ~ '_hours') }} end as {{ column }},
        daily.{{ code }}_hours,
        {% endfor -%}
        case
            when eight_hours.o3_windows >= editions.o3_day_min_windows
                or {{ half_even('eight_hours.o3_mda8_ug_m3') }} > limits.grade2
                then eight_hours.o3_mda8_ug_m3
        end as o3_mda8_ug_m3,
        coalesce(eight_hours.o3_windows, 0) as o3_windows,
        daily.o3_hours,
        case when daily.o3_hours >= editions.day_min_hours then daily.o3_max1h_ug_m3 end as o3_max1h_ug_m3
    from daily
    left join eight_hours
        on eight_hours.station_code = daily.station_code
        and eight_hours.local_date = daily.local_date
    left join editions
        on daily.local_date between editions.applies_from and editions.applies_to
    left join {{ ref('air_limits') }} as limits
        on limits.limits_edition = editions.limits_edition
        and limits.pollutant = 'o3'
        and limits.averaging = 'daily_max_8h'

),

indexed as (
    {{ indexed('day', day_components()) }}
)

select
    station_code,
    local_date,
    month,
    rulebook,
    {% for code, column in pollutants.items() -%}
    {{ column }},
    {{ code }}_hours,
    {% endfor -%}
    o3_mda8_ug_m3,
    o3_windows,
    o3_hours,
    o3_max1h_ug_m3,
    {{ aqi_columns() }}
from indexed
