-- One row per region and year: gross ecosystem product and its three parts, at current and constant prices, with people and
-- area. A province without accounts of its own is the sum of its cities, when every city has accounts.
{% set parts = {'provision': '物质产品', 'regulation': '调节服务', 'culture': '文化服务'} -%}
with yearbook as (

    {{ newest_rows('resources__yearbook_energy_gdp_population') }}

),

land as (

    {{ newest_rows('resources__land_use') }}

),

members as (

    {{ members_of_regions() }}

),

own as (

    select
        region_code,
        region_level,
        period_year,
        {% for part, zh in parts.items() -%}
        cast(sum(case when category = '{{ zh }}' then value_yuan end) as decimal(20, 2)) as {{ part }}_yuan,
        {% endfor -%}
        case when bool_and(value_yuan is not null) then cast(sum(value_yuan) as decimal(20, 2)) end as total_yuan,
        case when bool_and(constant_value_yuan is not null) then cast(sum(constant_value_yuan) as decimal(20, 2)) end
            as constant_yuan,
        min(base_year) as base_year,
        string_agg(distinct standard, ',' order by standard) as standard,
        count(*) as services
    from {{ ref('gep_account') }}
    group by region_code, region_level, period_year

),

expected as (

    {{ members_expected('own', 'city') }}

),

provinces as (

    select
        expected.region_code,
        expected.region_level,
        expected.period_year,
        {% for column in ['provision_yuan', 'regulation_yuan', 'culture_yuan', 'total_yuan', 'constant_yuan'] -%}
        case when count(own.{{ column }}) = max(expected.members_expected) then cast(sum(own.{{ column }}) as decimal(20, 2)) end
            as {{ column }},
        {% endfor -%}
        case when count(distinct own.base_year) = 1 then max(own.base_year) end as base_year,
        string_agg(distinct own.standard, ',' order by own.standard) as standard,
        cast(sum(own.services) as bigint) as services,
        count(own.total_yuan) as members_valid,
        max(expected.members_expected) as members_expected
    from expected
    inner join members
        on members.region_code = expected.region_code and members.member_level = 'city'
    inner join own
        on own.region_code = members.member_code and own.period_year = expected.period_year
    where expected.region_level = 'province'
    group by expected.region_code, expected.region_level, expected.period_year

),

united as (

    select *, 1 as members_valid, 1 as members_expected from own
    union all by name
    select provinces.* from provinces
    anti join own
        on own.region_code = provinces.region_code and own.period_year = provinces.period_year

),

areas as (

    select
        members.region_code,
        {{ local_year('land.interval_start_at') }} as period_year,
        sum(land.area_ha) as area_ha,
        count(land.area_ha) as counties
    from land
    inner join members
        on members.member_code = land.region_code
    group by all

),

counties as (

    {{ members_expected('united', 'county') }}

)

select
    united.region_code,
    united.region_level,
    united.period_year,
    {% for part in parts -%}
    united.{{ part }}_yuan,
    {% endfor -%}
    united.total_yuan,
    united.constant_yuan,
    united.base_year,
    united.standard,
    united.services,
    cast(united.members_valid as bigint) as members_valid,
    cast(united.members_expected as bigint) as members_expected,
    cast(yearbook.population_10k_persons as decimal(18, 4)) as population_10k_persons,
    case when areas.counties = counties.members_expected then cast(areas.area_ha as decimal(18, 4)) end as area_ha
from united
left join yearbook
    on yearbook.region_code = united.region_code and {{ local_year('yearbook.interval_start_at') }} = united.period_year
left join areas
    on areas.region_code = united.region_code and areas.period_year = united.period_year
left join counties
    on counties.region_code = united.region_code and counties.period_year = united.period_year
