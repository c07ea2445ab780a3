-- Places of water that are no administrative regions: sections, lakes, rivers, basins. A river or basin lies in the province.
with sections as (

    select * from {{ ref('water_section') }}

)

select
    station_code as region_code,
    'section' as region_level,
    section_name as name_zh,
    region_code as parent_code,
    lon_deg,
    lat_deg
from sections
union all
select
    'river|' || river_name as region_code,
    'river' as region_level,
    river_name as name_zh,
    '330000' as parent_code,
    cast(null as decimal(12, 4)) as lon_deg,
    cast(null as decimal(12, 4)) as lat_deg
from sections
where river_name is not null
group by river_name
union all
select
    'basin|' || basin as region_code,
    'basin' as region_level,
    basin as name_zh,
    '330000' as parent_code,
    cast(null as decimal(12, 4)) as lon_deg,
    cast(null as decimal(12, 4)) as lat_deg
from sections
where basin is not null
group by basin
union all
select
    lake_code as region_code,
    'water_body' as region_level,
    max(lake_name) as name_zh,
    max(region_code) as parent_code,
    cast(null as decimal(12, 4)) as lon_deg,
    cast(null as decimal(12, 4)) as lat_deg
from {{ ref('water_lake_bloom_period') }}
group by lake_code
