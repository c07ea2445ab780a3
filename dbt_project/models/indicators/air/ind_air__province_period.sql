{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- A province follows from its cities as the indicator's card declares: mean or sum of the unrounded values, and only when
-- every city has one.
with rows_of_cities as (

    select * from {{ ref('ind_air__city_period') }} where {{ period_scope() }}
    union all
    select * from {{ ref('ind_air__event_period') }} where {{ period_scope() }}

),

cities as (

    select
        regions.parent_code as province_code,
        count(*) as cities
    from {{ ref('regions') }} as regions
    where regions.region_level = 'city' and regions.parent_code is not null
    group by regions.parent_code

),

members as (

    select
        rows.*,
        regions.parent_code as province_code,
        catalog.province as rule,
        catalog.decimals
    from rows_of_cities as rows
    inner join {{ ref('regions') }} as regions
        on regions.region_code = rows.region_code
    inner join {{ source('core', 'catalog_indicators') }} as catalog
        on catalog.code = rows.indicator_code
    where rows.region_level = 'city' and catalog.province <> 'none' and regions.parent_code is not null

),

combined as (

    select
        members.indicator_code,
        members.edition,
        members.province_code,
        members.period_type,
        members.period_start,
        max(members.rule) as rule,
        max(members.decimals) as decimals,
        sum(members.exact) filter (where members.value is not null) as total,
        count(members.value) as cities_valid,
        max(cities.cities) as cities,
        max(members.inputs_hash) as inputs_hash,
        max(members.month) as month,
        bool_and(members.status = 'verified') as is_verified
    from members
    inner join cities
        on cities.province_code = members.province_code
    group by
        members.indicator_code, members.edition, members.province_code, members.period_type, members.period_start

),

valued as (

    select
        combined.*,
        case
            when cities_valid < cities then null
            when rule = 'sum' then cast(total as decimal(18, 4))
            when decimals = 0 then {{ half_even(mean_of('total', 'cities_valid'), 0) }}
            when decimals = 1 then {{ half_even(mean_of('total', 'cities_valid'), 1) }}
            else {{ half_even(mean_of('total', 'cities_valid'), 2) }}
        end as value
    from combined

)

{{ indicator_rows(
    '(indicator_code)', 'valued', 'province_code', "'province'", 'period_type', 'period_start', 'value',
    'cities_valid / cities', 'cities_valid', 'inputs_hash', 'month', edition='edition',
    null_reason="'cities_missing: ' || cities_valid || ' of ' || cities", verified='is_verified'
) }}
