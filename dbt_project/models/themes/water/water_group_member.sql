-- Which sections speak for a river, a basin, a city and the province: those of the register; a neighbour's sections speak for
-- themselves only.
with sections as (

    select
        sections.station_code,
        sections.water_type,
        sections.river_name,
        sections.basin,
        case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code
    from {{ ref('water_section') }} as sections
    inner join {{ ref('regions') }} as regions
        on regions.region_code = sections.region_code
    where sections.type_source = 'register'

)

select 'river|' || river_name as region_code, 'river' as region_level, station_code, water_type
from sections
where river_name is not null
union all
select 'basin|' || basin as region_code, 'basin' as region_level, station_code, water_type
from sections
where basin is not null
union all
select city_code as region_code, 'city' as region_level, station_code, water_type
from sections
union all
select regions.parent_code as region_code, 'province' as region_level, sections.station_code, sections.water_type
from sections
inner join {{ ref('regions') }} as regions
    on regions.region_code = sections.city_code
where regions.parent_code is not null
