-- One row per city and period: the city index of water quality (CWQI) of its rivers and of its lakes, weighted by the number
-- of their sections, and its rank within the province.
with parts as (

    select
        region_code,
        period_type,
        period_start,
        water_type,
        count(index_part) as items,
        max(sections) as sections,
        case when count(index_part) = 21 then cast(sum(index_part) as decimal(18, 9)) end as cwqi
    from {{ ref('water_group_item') }}
    where region_level = 'city' and in_21
    group by region_code, period_type, period_start, water_type

),

cities as (

    select
        region_code,
        period_type,
        period_start,
        min(items) as items_indexed,
        coalesce(max(sections) filter (where water_type = 'river'), 0) as river_sections,
        coalesce(max(sections) filter (where water_type = 'lake'), 0) as lake_sections,
        max(cwqi) filter (where water_type = 'river') as cwqi_river,
        max(cwqi) filter (where water_type = 'lake') as cwqi_lake,
        -- null as soon as one kind of water that the city has lacks an item
        case when count(*) = count(cwqi)
            then {{ mean_of('sum(cwqi * sections)', 'sum(sections)') }} end as cwqi
    from parts
    group by region_code, period_type, period_start

)

select
    cities.*,
    case when cities.cwqi is not null then rank() over (
        partition by regions.parent_code, cities.period_type, cities.period_start, cities.cwqi is null
        order by {{ half_even('cities.cwqi', 4) }}
    ) end as cwqi_rank,
    count(cities.cwqi) over (partition by regions.parent_code, cities.period_type, cities.period_start) as cities_ranked
from cities
inner join {{ ref('regions') }} as regions
    on regions.region_code = cities.region_code
