-- Among a province's cities: rank = 1 + how many have a smaller unrounded index, so equal indexes tie.
with ranked as (

    select *
    from {{ ref('air_city_period_index') }}
    where region_level = 'city' and composite_index is not null

)

select
    city.region_code,
    city.edition,
    city.period_type,
    city.period_start,
    city.composite_rank,
    1 + count(other.region_code) as expected_rank
from ranked as city
left join ranked as other
    on other.province_code is not distinct from city.province_code
    and other.edition = city.edition
    and other.period_type = city.period_type
    and other.period_start = city.period_start
    and other.composite_index < city.composite_index
group by city.region_code, city.edition, city.period_type, city.period_start, city.composite_rank
having city.composite_rank is distinct from 1 + count(other.region_code)
