-- One row per network, city (or the province) and month: stations that sent or were sampled, their readings, and stations
-- whose values the anti-tamper test found too regular.
{% set tested = {'air': 'air__cnemc_station_hourly', 'surface_water': 'water__section_auto_4hourly',
                 'greenhouse_gas': 'weather__greenhouse_gas_hourly', 'noise': 'ecology__noise_zone_hourly',
                 'gamma': 'ecology__radiation_gamma'} %}
with sections as ({{ newest_rows('water__section_register', scope=false) }}),

cities as (

    select region_code, parent_code
    from {{ ref('regions') }}
    where region_level = 'city' and parent_code = '330000' and valid_to is null

),

suspected as (

    -- an inform flag: the value stays, someone has to look
    {% for network, dataset in tested.items() -%}
    select '{{ network }}' as network, station_code, month, count(*) as flags
    from {{ source('core', 'flags') }}
    where dataset = '{{ dataset }}' and test = 'too_regular'
    group by station_code, month
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

stations as (

    select
        months.network,
        months.station_code,
        months.month,
        coalesce(months.city_code, substr(sections.region_code, 1, 4) || '00') as city_code,
        months.readings,
        months.readings_valid
    from {{ ref('assets_station_month') }} as months
    left join sections
        on sections.station_code = months.station_code and months.network = 'surface_water'
    union all
    -- hours with any pollutant; how many of them are valid, the air theme judges by pollutant and day
    select
        'air' as network,
        station_code,
        month,
        substr(region_code, 1, 4) || '00' as city_code,
        hours_reported as readings,
        hours_reported as readings_valid
    from {{ ref('air_station_month') }}

),

placed as (

    select
        stations.*,
        suspected.flags is not null as is_too_regular
    from stations
    left join suspected
        on suspected.network = stations.network
        and suspected.station_code = stations.station_code
        and suspected.month = stations.month
    where stations.city_code in (select region_code from cities)

),

members as (

    select city_code as region_code, 'city' as region_level, * from placed
    union all
    select '330000' as region_code, 'province' as region_level, * from placed

)

select
    network,
    region_code,
    region_level,
    month,
    count(*) as stations,
    count(*) filter (where readings_valid > 0) as stations_valid,
    count(distinct case when readings_valid > 0 then city_code end) as cities_valid,
    cast(sum(readings) as bigint) as readings,
    cast(sum(readings_valid) as bigint) as readings_valid,
    network in ('{{ tested | join("', '") }}') as is_tested,
    count(*) filter (where is_too_regular) as stations_too_regular
from members
group by network, region_code, region_level, month
