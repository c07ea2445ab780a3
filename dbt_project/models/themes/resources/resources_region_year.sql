-- One row per region and year: product, people, energy, carbon dioxide and water as the yearbooks print them for the region
-- itself; a province that no source states is not summed up here, for the yearbooks carry a line of their own for it.
{% set sources = {
    'yearbook': ['gdp_current_100m_yuan', 'gdp_constant_100m_yuan', 'population_10k_persons', 'energy_10k_tce', 'electricity_100m_kwh'],
    'carbon': ['co2_mt'],
    'water': ['total_100m_m3', 'use_100m_m3'],
} -%}
with yearbook_rows as (

    {{ newest_rows('resources__yearbook_energy_gdp_population') }}

),

city_co2 as (

    {{ newest_rows('resources__ceads_city_co2') }}

),

province_co2 as (

    {{ newest_rows('resources__ceads_province_co2') }}

),

water_rows as (

    {{ newest_rows('resources__water_resources_bulletin') }}

),

yearbook as (

    select *, {{ local_year('interval_start_at') }} as period_year from yearbook_rows

),

water as (

    select *, {{ local_year('interval_start_at') }} as period_year from water_rows

),

carbon as (

    select region_code, {{ local_year('interval_start_at') }} as period_year, co2_mt
    from city_co2
    where region_code is not null
    union all
    select names.region_code, {{ local_year('interval_start_at') }} as period_year, scope_1_total_co2_mt as co2_mt
    from province_co2
    inner join (values ('Zhejiang', '330000'), ('Jiangsu', '320000'), ('Anhui', '340000'), ('Shanghai', '310000'))
        as names (province_name, region_code)
        on names.province_name = province_co2.province_name
    where province_co2.sector = 'Total'
    -- Shanghai stands in both inventories; the one of cities is the longer series
    and not (province_co2.province_name = 'Shanghai' and exists (
        select 1 from city_co2 as cities
        where cities.region_code = '310000' and cities.interval_start_at = province_co2.interval_start_at
    ))

),

places as (

    {% for source in sources -%}
    select region_code, period_year from {{ source }}
    {{ 'union' if not loop.last }}
    {% endfor %}

)

select
    places.region_code,
    regions.region_level,
    places.period_year,
    {% for source, columns in sources.items() -%}
    {% set last = loop.last -%}
    {% for column in columns -%}
    cast({{ source }}.{{ column }} as decimal(18, 9)) as {{ column }}{{ ',' if not (last and loop.last) }}
    {% endfor -%}
    {% endfor %}
from places
inner join {{ ref('regions') }} as regions
    on regions.region_code = places.region_code
{% for source in sources -%}
left join {{ source }}
    on {{ source }}.region_code = places.region_code and {{ source }}.period_year = places.period_year
{% endfor %}
