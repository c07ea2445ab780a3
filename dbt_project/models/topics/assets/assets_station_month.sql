{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per network, station and local month with a reading: what the networks' coverage is counted from.
with surface_water as ({{ newest_rows('water__section_auto_4hourly') }}),

greenhouse_gas as ({{ newest_rows('weather__greenhouse_gas_hourly') }}),

noise as ({{ newest_rows('ecology__noise_zone_hourly') }}),

gamma as ({{ newest_rows('ecology__radiation_gamma') }}),

electromagnetic as ({{ newest_rows('ecology__radiation_em_field') }}),

soil as ({{ newest_rows('ecology__soil_point_survey') }}),

groundwater as ({{ newest_rows('ecology__groundwater_well_survey') }}),

readings as (

    select 'surface_water' as network, station_code, null as region_code, month, value from surface_water
    {% for network in ['greenhouse_gas', 'noise', 'gamma', 'electromagnetic', 'soil', 'groundwater'] -%}
    union all
    select '{{ network }}' as network, station_code, region_code, month, value from {{ network }}
    {% endfor %}

)

select
    network,
    station_code,
    month,
    -- a section's region stands in its register only; a county counts for its city
    max(substr(region_code, 1, 4) || '00') as city_code,
    count(*) as readings,
    count(value) as readings_valid
from readings
group by network, station_code, month
