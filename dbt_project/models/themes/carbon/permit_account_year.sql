-- One row per city (or the province), pollutant and year: emission rights held, limits and actual emissions.
with accounts as ({{ newest_rows('resources__permit_holdings', scope=false) }}),

placed as (

    select
        substr(region_code, 1, 4) || '00' as city_code,
        pollutant,
        cast({{ local_time('interval_start_at') }} as date) as period_start,
        held_t_a,
        limit_t_a,
        actual_t
    from accounts
    where held_t_a is not null and limit_t_a is not null and actual_t is not null

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
    pollutant,
    period_start,
    count(*) as accounts,
    count(*) filter (where actual_t > limit_t_a or limit_t_a > held_t_a) as accounts_over,
    cast(sum(held_t_a) as decimal(18, 4)) as held_t_a,
    cast(sum(limit_t_a) as decimal(18, 4)) as limit_t_a,
    cast(sum(actual_t) as decimal(18, 4)) as actual_t
from members
group by region_code, region_level, pollutant, period_start
