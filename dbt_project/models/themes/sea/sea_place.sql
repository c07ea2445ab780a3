-- Places of the sea that a number can speak for: survey points, the waters (bays) they lie in, bathing beaches and buoys,
-- as their newest rows name them; with the city and province they count for.
with surveyed as (

    {{ newest_rows('water__sea_point_seasonal') }}

),

bathing as (

    {{ newest_rows('water__bathing_water', where="place_type = '海水浴场'") }}

),

floating as (

    {{ newest_rows('water__sea_buoy_hourly', where="item = 'water_temperature_degc'") }}

),

points as (

    select station_code, station_code as name_zh, region_code, sea_area, lon_deg, lat_deg
    from surveyed
    qualify row_number() over (partition by station_code order by interval_end_at desc, batch desc, line desc) = 1

),

bays as (

    -- waters that reach before several cities belong to the one with most points
    select sea_area, region_code
    from points
    group by sea_area, region_code
    qualify row_number() over (partition by sea_area order by count(*) desc, region_code asc) = 1

),

beaches as (

    select station_code, place_name as name_zh, region_code
    from bathing
    qualify row_number() over (partition by station_code order by interval_end_at desc, batch desc, line desc) = 1

),

buoys as (

    select station_code, coalesce(buoy_name, station_code) as name_zh, region_code
    from floating
    qualify row_number() over (partition by station_code order by interval_end_at desc, batch desc, line desc) = 1

),

places as (

    select
        station_code as place_code, 'point' as region_level, 'survey point' as kind, name_zh, region_code,
        'SEA-' || sea_area as bay_code, lon_deg, lat_deg
    from points
    union all
    select 'SEA-' || sea_area, 'bay', 'waters', sea_area, region_code, 'SEA-' || sea_area, null, null from bays
    union all
    select station_code, 'site', 'beach', name_zh, region_code, null, null, null from beaches
    union all
    select station_code, 'site', 'buoy', name_zh, region_code, null, null, null from buoys

)

select
    places.place_code as region_code,
    places.region_level,
    places.name_zh,
    regions.region_code as parent_code,
    cast(places.lon_deg as decimal(12, 4)) as lon_deg,
    cast(places.lat_deg as decimal(12, 4)) as lat_deg,
    places.kind,
    places.bay_code,
    case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code,
    case when regions.region_level = 'county' then cities.parent_code else regions.parent_code end as province_code
from places
left join {{ ref('regions') }} as regions
    on regions.region_code = places.region_code
left join {{ ref('regions') }} as cities
    on cities.region_code = regions.parent_code
