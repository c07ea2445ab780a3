{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per city (or county with stations of its own) and hour: arithmetic mean of the valid points, then the AQI.
{% set columns = ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'o3_ug_m3', 'co_mg_m3'] %}

with points as (

    select region_code, month, count(*) as points
    from {{ ref('air_station_month') }}
    where {{ month_scope() }}
    group by region_code, month

),

sums as (

    select
        stations.region_code,
        stations.region_level,
        hours.interval_start_at,
        hours.interval_end_at,
        hours.month,
        hours.local_date,
        hours.hour_of_day,
        {% for column in columns -%}
        sum(hours.{{ column }}) as {{ column }}_sum,
        count(hours.{{ column }}) as {{ column }}_points{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('air_station_hour') }} as hours
    inner join {{ ref('dim_station') }} as stations
        on stations.station_code = hours.station_code
    where stations.region_code is not null and {{ month_scope('hours.month') }}
    group by all

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
        case when {{ enough_points('sums.' ~ column ~ '_points', 'points.points') }}
            then {{ mean_of('sums.' ~ column ~ '_sum', 'sums.' ~ column ~ '_points') }} end as {{ column }},
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

    select
        base.*,
        {{ largest_iaqi(hour_components()) }} as largest_iaqi,
        {{ pollutants_present(hour_components()) }} as pollutants_present,
        {{ primary_pollutants(hour_components()) }} as primary_pollutants
    from base
    {{ iaqi_joins('hour', hour_components()) }}

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
    {{ published_aqi('largest_iaqi', 'pollutants_present') }} as aqi,
    case when {{ published_aqi('largest_iaqi', 'pollutants_present') }} is not null then primary_pollutants end
        as primary_pollutants,
    pollutants_present
from indexed
