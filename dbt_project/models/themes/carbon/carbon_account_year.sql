-- One row per city (or the province) and compliance year: the accounts of its key emitters in the national carbon market.
with accounts as ({{ newest_rows('resources__carbon_allowances', scope=false) }}),

placed as (

    select
        substr(region_code, 1, 4) || '00' as city_code,
        cast({{ local_time('interval_start_at') }} as date) as period_start,
        -- complied = the whole obligation surrendered, and a day on which it was
        coalesce(compliance_date is not null and surrendered_t >= verified_t, false) as has_complied,
        verified_t,
        final_t,
        ccer_used_t,
        surrendered_t
    from accounts
    where verified_t is not null

),

members as (

    select city_code as region_code, 'city' as region_level, * from placed
    union all
    select regions.parent_code as region_code, 'province' as region_level, placed.*
    from placed
    inner join {{ ref('regions') }} as regions
        on regions.region_code = placed.city_code and regions.parent_code is not null

)

select
    region_code,
    region_level,
    period_start,
    count(*) as emitters,
    count(*) filter (where has_complied) as emitters_complied,
    count(final_t) as emitters_allocated,
    sum(verified_t) as verified_t,
    coalesce(sum(least(surrendered_t, verified_t)), 0) as surrendered_t,
    coalesce(sum(greatest(final_t - verified_t, 0)), 0) as surplus_t,
    coalesce(sum(greatest(verified_t - final_t, 0)), 0) as shortage_t,
    coalesce(sum(ccer_used_t), 0) as ccer_used_t
from members
group by region_code, region_level, period_start
