{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per city, pollutant and day: the city's daily value with the weather that went with it. What the evaluation of
-- effort starts from; a day without a value stays out, weather that is not known stays null.
{% set items = {'pm25': 'pm25_ug_m3', 'pm10': 'pm10_ug_m3', 'so2': 'so2_ug_m3', 'no2': 'no2_ug_m3', 'co': 'co_mg_m3',
                'o3': 'o3_mda8_ug_m3'} -%}

with days as (

    select * from {{ ref('air_city_day') }} where region_level = 'city' and {{ month_scope() }}

),

items as (

    {% for item, column in items.items() -%}
    select region_code, local_date, month, '{{ item }}' as item, {{ column }} as value from days
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    'air/' || items.region_code || '/' || items.item as series_key,
    items.region_code,
    items.item,
    items.local_date,
    items.month,
    items.value,
    weather.temperature_mean_degc,
    weather.humidity_mean_pct,
    weather.wind_speed_mean_m_s,
    weather.wind_direction_max_deg,
    weather.sunshine_h,
    weather.precipitation_mm,
    weather.pressure_mean_hpa
from items
left join {{ ref('weather_city_day') }} as weather
    on weather.region_code = items.region_code
    and weather.local_date = items.local_date
where items.value is not null
