-- One row per region and year: the units of the value map that lie in it, summed.
with units as (

    {{ newest_rows('resources__gep_map_units') }}

),

members as (

    {{ members_of_regions() }}

)

select
    members.region_code,
    members.region_level,
    {{ local_year('units.interval_start_at') }} as period_year,
    count(*) as units,
    count(*) filter (where units.value_yuan is not null and units.area_km2 > 0) as units_valid,
    cast(sum(units.area_km2) filter (where units.value_yuan is not null and units.area_km2 > 0) as decimal(18, 4)) as area_km2,
    cast(sum(units.value_yuan) filter (where units.area_km2 > 0) as decimal(20, 2)) as value_yuan
from units
inner join members
    on members.member_code = units.region_code
group by all
