-- GEP is the sum of its three parts; a province's is the sum of its cities' within 0.5 %, also where it has accounts of its own.
with cities as (

    select regions.parent_code as region_code, totals.period_year, sum(totals.total_yuan) as total_yuan, count(*) as cities
    from {{ ref('gep_region_year') }} as totals
    inner join {{ ref('regions') }} as regions
        on regions.region_code = totals.region_code
    where totals.region_level = 'city'
    group by regions.parent_code, totals.period_year

)

select
    totals.region_code,
    totals.period_year,
    totals.total_yuan,
    cities.total_yuan as cities_yuan
from {{ ref('gep_region_year') }} as totals
left join cities
    on cities.region_code = totals.region_code and cities.period_year = totals.period_year
    and cities.cities = (select count(*) from {{ ref('regions') }} where parent_code = totals.region_code)
where abs(totals.total_yuan - cities.total_yuan) > totals.total_yuan * 0.005
    or totals.total_yuan
    <> coalesce(totals.provision_yuan, 0) + coalesce(totals.regulation_yuan, 0) + coalesce(totals.culture_yuan, 0)
