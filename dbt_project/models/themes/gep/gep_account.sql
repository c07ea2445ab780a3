-- One row per region, service and year: quantity, value at the year's prices and at the prices of the first year on record.
-- The value is computed again as quantity × price; where the accounts give no quantity or price, theirs stands.
with accounts as (

    {{ newest_rows('resources__gep_accounts') }}

),

priced as (

    select
        region_code,
        {{ local_year('interval_start_at') }} as period_year,
        category,
        service as service_zh,
        quantity,
        quantity_unit,
        price_yuan,
        value_yuan as reported_yuan,
        cast(coalesce(cast(quantity as decimal(20, 2)) * cast(price_yuan as decimal(18, 4)), value_yuan) as decimal(20, 2)) as value_yuan,
        standard
    from accounts

),

bases as (

    select
        priced.region_code,
        priced.service_zh,
        priced.price_yuan as base_price_yuan,
        priced.period_year as base_year
    from priced
    inner join (select region_code, min(period_year) as base_year from priced group by region_code) as first_years
        on first_years.region_code = priced.region_code and first_years.base_year = priced.period_year

)

select
    priced.region_code,
    regions.region_level,
    priced.period_year,
    priced.category,
    priced.service_zh,
    services.service,
    priced.quantity,
    priced.quantity_unit,
    priced.price_yuan,
    priced.reported_yuan,
    priced.value_yuan,
    bases.base_year,
    cast(cast(priced.quantity as decimal(20, 2)) * cast(bases.base_price_yuan as decimal(18, 4)) as decimal(20, 2))
        as constant_value_yuan,
    priced.standard,
    -- a year is accounted for after its end, by the standard then in force
    priced.standard = standards.standard as is_standard_in_force
from priced
inner join {{ ref('regions') }} as regions
    on regions.region_code = priced.region_code
left join bases
    on bases.region_code = priced.region_code and bases.service_zh = priced.service_zh
left join {{ ref('gep_services') }} as services
    on services.service_zh = priced.service_zh and services.quantity_unit = priced.quantity_unit
left join {{ ref('gep_standards') }} as standards
    on make_date(priced.period_year, 12, 31) between standards.valid_from and coalesce(standards.valid_to, date '9999-12-31')
