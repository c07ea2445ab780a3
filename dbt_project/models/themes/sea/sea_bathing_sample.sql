-- One row per bathing beach and sampling: the published rating and what was measured.
{% set items = ['bathing_rating_published', 'enterococci_count_l', 'transparency_cm', 'water_temperature_degc'] %}

with newest as (

    {{ newest_rows('water__bathing_water', where="place_type = '海水浴场'") }}

),

samples as (

    select
        station_code,
        cast({{ local_time('interval_end_at') }} as date) as sampled_on,
        {% for item in items -%}
        max(case when item = '{{ item }}' then value end) as {{ item }}{{ ',' if not loop.last }}
        {% endfor -%}
    from newest
    group by station_code, sampled_on

)

select
    samples.station_code,
    samples.sampled_on,
    places.city_code,
    places.province_code,
    cast(samples.bathing_rating_published as integer) as rating,
    samples.bathing_rating_published <= 2 as is_suitable,
    samples.enterococci_count_l,
    samples.transparency_cm,
    samples.water_temperature_degc
from samples
left join {{ ref('sea_place') }} as places
    on places.region_code = samples.station_code
