-- One row per natural day: how many cities of the Delta exceed the ozone limit, and whether that makes a joint episode.
with days as (

    select
        local_date,
        count(o3_mda8_ug_m3) as cities_known,
        count(*) filter (where o3_exceeds) as cities_exceeding,
        string_agg(case when o3_exceeds then region_code end, ',' order by region_code) as exceeding_codes
    from {{ ref('yangtze_delta_city_day') }}
    group by local_date

)

select
    days.local_date,
    days.cities_known,
    (select count(*) from {{ ref('regions') }} where region_level = 'city' and valid_to is null) as cities_expected,
    days.cities_exceeding,
    days.exceeding_codes,
    -- enough exceed: joint, whatever the others do; too few are known to tell: null
    case
        when days.cities_exceeding >= rules.value then true
        when days.cities_known >= rules.value then false
    end as is_joint
from days
inner join {{ ref('yangtze_delta_rules') }} as rules
    on rules.rule = 'joint_ozone_cities'
    and days.local_date between rules.valid_from and coalesce(rules.valid_to, date '9999-12-31')
