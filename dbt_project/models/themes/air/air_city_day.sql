{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per city (or county with stations of its own) and natural day: arithmetic mean of the valid points' daily
-- values, unrounded; the AQI of the day is in air_city_day_aqi, per edition.
{% set columns = ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'co_mg_m3', 'o3_mda8_ug_m3', 'o3_max1h_ug_m3'] %}

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
        days.local_date,
        days.month,
        {% for column in columns -%}
        sum(days.{{ column }}) as {{ column }}_sum,
        count(days.{{ column }}) as {{ column }}_points{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('air_station_day') }} as days
    inner join {{ ref('dim_station') }} as stations
        on stations.station_code = days.station_code
    where stations.region_code is not null and {{ month_scope('days.month') }}
    group by all

)

select
    sums.region_code,
    sums.region_level,
    sums.local_date,
    sums.month,
    editions.rulebook,
    points.points,
    {% for column in columns -%}
    case when {{ enough_points('sums.' ~ column ~ '_points', 'points.points') }}
        then {{ mean_of('sums.' ~ column ~ '_sum', 'sums.' ~ column ~ '_points') }} end as {{ column }},
    sums.{{ column }}_points{{ ',' if not loop.last }}
    {% endfor %}
from sums
inner join points
    on points.region_code = sums.region_code
    and points.month = sums.month
left join {{ ref('dim_edition') }} as editions
    on editions.edition = 'in-force'
    and sums.local_date between editions.applies_from and editions.applies_to
