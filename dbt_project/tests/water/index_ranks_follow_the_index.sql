-- Of two cities of a province and period the one with the smaller published index has the smaller rank; equal ones share it.
with ranked as (

    select
        cities.period_type,
        cities.period_start,
        regions.parent_code,
        cities.region_code,
        {{ half_even('cities.cwqi', 4) }} as cwqi,
        cities.cwqi_rank
    from {{ ref('water_city_index') }} as cities
    inner join {{ ref('regions') }} as regions
        on regions.region_code = cities.region_code
    where cities.cwqi is not null

)

select
    one.period_type,
    one.period_start,
    one.region_code,
    other.region_code as other_region_code
from ranked as one
inner join ranked as other
    on other.period_type = one.period_type
    and other.period_start = one.period_start
    and other.parent_code is not distinct from one.parent_code
    and other.region_code <> one.region_code
where (one.cwqi < other.cwqi and one.cwqi_rank >= other.cwqi_rank)
    or (one.cwqi = other.cwqi and one.cwqi_rank <> other.cwqi_rank)
