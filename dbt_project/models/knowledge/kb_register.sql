-- Things that registers list, one row each, in one shape: sections, outlets, firms, parks. Parts of kb_entity.
with sections as (

    {{ kb_entries(source('core', 'water__section_register'), ['station_code'],
                  ['station_code', 'section_name', 'region_code', 'river_name']) }}

),

outlets as (

    {{ kb_entries(source('core', 'ecology__outlet_register'), ['mn'],
                  ['mn', 'outlet', 'enterprise', 'credit_code', 'medium', 'region_code', 'valid_from']) }}

),

factories as (

    {{ kb_entries(source('core', 'resources__green_factories'), ['credit_code'],
                  ['credit_code', 'enterprise', 'region_code']) }}

),

industry as (

    {{ kb_entries(source('core', 'resources__industry_firms'), ['credit_code'],
                  ['credit_code', 'enterprise', 'region_code']) }}

),

green_parks as (

    {{ kb_entries(source('core', 'resources__green_parks'), ['credit_code'],
                  ['credit_code', 'enterprise', 'region_code']) }}

),

synergy_areas as (

    {{ kb_entries(source('core', 'resources__synergy_register'), ['area_code'],
                  ['area_code', 'area_name', 'kind', 'region_code']) }}

),

-- one firm may be in several registers: the first of them names it
firms as (

    select credit_code, enterprise, region_code, register
    from (
        select 1 as nth, 'ecology__outlet_register' as register, credit_code, enterprise, region_code, mn as entry
        from outlets
        union all
        select 2, 'resources__green_factories', credit_code, enterprise, region_code, credit_code from factories
        union all
        select 3, 'resources__industry_firms', credit_code, enterprise, region_code, credit_code from industry
    ) as entries
    where credit_code is not null
    qualify row_number() over (partition by credit_code order by nth, entry) = 1

),

-- and a park in two
parks as (

    select code, name_zh, region_code, register
    from (
        select credit_code as code, enterprise as name_zh, region_code, 'resources__green_parks' as register
        from green_parks
        union all
        select area_code, area_name, region_code, 'resources__synergy_register' from synergy_areas where kind = '园区'
    ) as entries
    qualify row_number() over (partition by code order by register) = 1

)

select
    'section' as kind,
    station_code as code,
    section_name as name_zh,
    region_code,
    river_name as water_zh,
    cast(null as varchar) as owner_code,
    cast(null as varchar) as medium,
    cast(null as date) as valid_from,
    'water__section_register' as register
from sections
union all
select 'outlet', mn, enterprise || '：' || outlet, region_code, null, credit_code, medium, valid_from,
    'ecology__outlet_register'
from outlets
union all
select 'firm', credit_code, enterprise, region_code, null, null, null, null, register
from firms
union all
select 'park', code, name_zh, region_code, null, null, null, null, register
from parks
