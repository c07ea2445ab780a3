-- A mean lies between the least and the greatest of what it is the mean of; and rests on no more points than there are.
{% set columns = ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'co_mg_m3', 'o3_mda8_ug_m3', 'o3_max1h_ug_m3'] %}
with bounds as (

    select
        stations.region_code,
        days.local_date,
        {% for column in columns -%}
        min(days.{{ column }}) as {{ column }}_min,
        max(days.{{ column }}) as {{ column }}_max{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('air_station_day') }} as days
    inner join {{ ref('dim_station') }} as stations
        on stations.station_code = days.station_code
    where {{ tested_rows('days.month') }}
    group by stations.region_code, days.local_date

)

select
    cities.region_code,
    cities.local_date,
    cities.points
from {{ ref('air_city_day') }} as cities
left join bounds
    on bounds.region_code = cities.region_code
    and bounds.local_date = cities.local_date
where {{ tested_rows('cities.month') }} and (
    {% for column in columns -%}
    not coalesce(cities.{{ column }} between bounds.{{ column }}_min - 0.000000001 and bounds.{{ column }}_max + 0.000000001, true)
    or cities.{{ column }} is not null and bounds.{{ column }}_min is null
    or cities.{{ column }}_points > cities.points
    {{ 'or' if not loop.last }}
    {% endfor %}
)
