{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per city (or county with stations of its own) and hour: arithmetic mean of the valid points, then the AQI.
{% set columns = ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'o3_ug_m3', 'co_mg_m3'] %}

with points as (
    {{ points_of_cities() }}
),

sums as (
    {{ sums_over_points(
        ref('air_station_hour'), columns, ['interval_start_at', 'interval_end_at', 'month', 'local_date', 'hour_of_day']
    ) }}
),

base as (

    select
        sums.region_code,
        sums.region_level,
        sums.interval_start_at,
        sums.interval_end_at,
        sums.month,
        sums.local_date,
        sums.hour_of_day,
        editions.rulebook,
        editions.aqi_edition,
        points.points,
        {% for column in columns -%}
        {{ mean_of_points(column) }} as {{ column }},
        {% endfor -%}
        least({% for column in columns %}sums.{{ column }}_points{{ ', ' if not loop.last }}{% endfor %}) as points_valid
    from sums
    inner join points
        on points.region_code = sums.region_code
        and points.month = sums.month
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force'
        and sums.local_date between editions.applies_from and editions.applies_to

),

indexed as (
    {{ indexed('hour', hour_components()) }}
)

select
    region_code,
    region_level,
    interval_start_at,
    interval_end_at,
    month,
    local_date,
    hour_of_day,
    rulebook,
    points,
    points_valid,
    {% for column in columns -%}
    {{ column }},
    {% endfor -%}
    {{ aqi_columns() }}
from indexed
