-- The province's sections are those of its cities, and those of its basins.
with counted as (

    select
        period_type,
        period_start,
        region_level,
        sum(sections_assessed) as assessed,
        sum(sections_good) as good,
        sum(sections_worse_v) as worse_v
    from {{ ref('water_group_period') }}
    where region_level in ('province', 'city', 'basin')
    group by period_type, period_start, region_level

)

select
    provinces.period_type,
    provinces.period_start,
    members.region_level,
    provinces.assessed as province_assessed,
    members.assessed as members_assessed
from counted as provinces
inner join counted as members
    on members.period_type = provinces.period_type
    and members.period_start = provinces.period_start
where provinces.region_level = 'province'
    and (provinces.assessed, provinces.good, provinces.worse_v) <> (members.assessed, members.good, members.worse_v)
