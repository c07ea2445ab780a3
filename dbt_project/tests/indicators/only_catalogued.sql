-- Every number has a card, and stands only for the period types and levels its card names (a county counts as a city).
with produced as (

    select distinct
        indicator_code,
        period_type,
        case when region_level = 'county' then 'city' else region_level end as level
    from {{ ref('indicator_values') }}

)

select produced.*
from produced
left join {{ source('core', 'catalog_indicators') }} as catalog
    on catalog.code = produced.indicator_code
where catalog.code is null
    or not list_contains(string_split(catalog.periods, ','), produced.period_type)
    or not list_contains(string_split(catalog.levels, ','), produced.level)
