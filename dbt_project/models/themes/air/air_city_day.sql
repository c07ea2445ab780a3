{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}
-- depends_on: {{ ref('dim_station') }}

-- One row per city (or county with stations of its own) and natural day: arithmetic mean of the valid points' daily
-- values, unrounded; the AQI of the day is in air_city_day_aqi, per edition.
{% set columns = ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'co_mg_m3', 'o3_mda8_ug_m3', 'o3_max1h_ug_m3'] %}

with points as (
    {{ points_of_cities() }}
),

sums as (
    {{ sums_over_points(ref('air_station_day'), columns, ['local_date', 'month']) }}
)

select
    sums.region_code,
    sums.region_level,
    sums.local_date,
    sums.month,
    editions.rulebook,
    points.points,
    {% for column in columns -%}
    {{ mean_of_points(column) }} as {{ column }},
    sums.{{ column }}_points{{ ',' if not loop.last }}
    {% endfor %}
from sums
inner join points
    on points.region_code = sums.region_code
    and points.month = sums.month
left join {{ ref('dim_edition') }} as editions
    on editions.edition = 'in-force'
    and sums.local_date between editions.applies_from and editions.applies_to
