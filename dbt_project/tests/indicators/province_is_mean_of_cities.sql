-- Recomputed from the themes: a province's mean concentration is the mean of its cities' unrounded means, rounded once,
-- and there is none unless every city has one.
with cities as (

    select
        regions.parent_code as province_code,
        items.pollutant,
        items.period_type,
        items.period_start,
        count(*) filter (where items.is_valid) as cities_valid,
        sum(items.mean) filter (where items.is_valid) as total
    from {{ ref('air_city_period_item') }} as items
    inner join {{ ref('regions') }} as regions
        on regions.region_code = items.region_code
        and regions.region_level = 'city'
    where items.pollutant in ('pm25', 'pm10', 'so2', 'no2') and regions.parent_code is not null
    group by regions.parent_code, items.pollutant, items.period_type, items.period_start

),

expected as (

    select
        cities.*,
        case when cities.cities_valid = (
            select count(*) from {{ ref('regions') }} as members
            where members.parent_code = cities.province_code and members.region_level = 'city'
        ) then {{ half_even(mean_of('cities.total', 'cities.cities_valid'), 0) }} end as value
    from cities

)

select
    expected.*,
    published.value as published_value
from expected
left join {{ ref('ind_air__province_period') }} as published
    on published.indicator_code = 'air_' || expected.pollutant || '_mean'
    and published.edition = 'in-force'
    and published.region_code = expected.province_code
    and published.period_type = expected.period_type
    and published.period_start = expected.period_start
where published.indicator_code is null or published.value is distinct from expected.value
