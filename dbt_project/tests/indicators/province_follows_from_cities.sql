-- Where a card says that a province is the sum of its cities, it is: of the values as published, when every city has one.
with cities as (

    select
        values_of.indicator_code,
        values_of.edition,
        regions.parent_code as province_code,
        values_of.period_type,
        values_of.period_start,
        count(*) as cities,
        count(values_of.value) as cities_valid,
        sum(values_of.value) as total
    from {{ ref('indicator_values') }} as values_of
    inner join {{ source('core', 'catalog_indicators') }} as catalog
        on catalog.code = values_of.indicator_code
        and catalog.province = 'sum'
        and catalog.decimals = 0
    inner join {{ ref('regions') }} as regions
        on regions.region_code = values_of.region_code
        and regions.region_level = 'city'
        and regions.valid_to is null
    where values_of.region_level = 'city'
    group by all

)

select
    cities.*,
    provinces.value as published_value
from cities
inner join {{ ref('indicator_values') }} as provinces
    on provinces.indicator_code = cities.indicator_code
    and provinces.edition = cities.edition
    and provinces.region_code = cities.province_code
    and provinces.region_level = 'province'
    and provinces.period_type = cities.period_type
    and provinces.period_start = cities.period_start
where cities.cities = cities.cities_valid
    and provinces.value is not null
    and provinces.value <> cities.total
