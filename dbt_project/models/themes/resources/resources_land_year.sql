-- One row per region and year: land, forest and red lines of its counties, summed. A sum counts when every county is in it.
with land as (

    {{ newest_rows('resources__land_use') }}

),

forests as (

    {{ newest_rows('resources__forest_resources') }}

),

areas as (

    {{ newest_rows('resources__redline_areas') }}

),

members as (

    {{ members_of_regions() }}

),

redlines as (

    -- A county that is in the register without a red line has none.
    select
        region_code,
        {{ local_year('interval_start_at') }} as period_year,
        sum(case when kind = '生态保护红线' then area_km2 else 0 end) as redline_km2,
        bool_and(area_km2 is not null) as is_complete
    from areas
    group by region_code, {{ local_year('interval_start_at') }}

),

counties as (

    select
        land.region_code,
        {{ local_year('land.interval_start_at') }} as period_year,
        land.area_ha,
        land.built_ha + land.transport_ha as built_ha,
        land.cropland_ha
    from land

),

forest_counties as (

    -- the area the bureau's cover refers to follows from its own two columns
    select
        region_code,
        {{ local_year('interval_start_at') }} as period_year,
        forest_ha,
        stock_m3,
        case when coverage_pct > 0 then cast(forest_ha as double) * 100 / cast(coverage_pct as double) end as forest_base_ha
    from forests

),

years as (

    select region_code, period_year from counties
    union
    select region_code, period_year from forest_counties
    union
    select region_code, period_year from redlines

),

expected as (

    {{ members_expected('years', 'county') }}

)

select
    expected.region_code,
    expected.region_level,
    expected.period_year,
    expected.members_expected,
    count(counties.area_ha) as land_counties,
    cast(sum(counties.area_ha) as decimal(18, 4)) as area_ha,
    cast(sum(counties.built_ha) as decimal(18, 4)) as built_ha,
    cast(sum(counties.cropland_ha) as decimal(18, 4)) as cropland_ha,
    count(forest_counties.forest_base_ha) as forest_counties,
    cast(sum(case when forest_counties.forest_base_ha is not null then forest_counties.forest_ha end) as decimal(18, 4)) as forest_ha,
    cast(sum(forest_counties.forest_base_ha) as decimal(18, 4)) as forest_base_ha,
    count(forest_counties.stock_m3) as stock_counties,
    cast(sum(forest_counties.stock_m3) as decimal(20, 2)) as stock_m3,
    count(*) filter (where redlines.is_complete and counties.area_ha is not null) as redline_counties,
    cast(sum(redlines.redline_km2) as decimal(18, 4)) as redline_km2
from expected
inner join members
    on members.region_code = expected.region_code and members.member_level = 'county'
    and make_date(expected.period_year, 12, 31) between members.valid_from and members.valid_to
left join counties
    on counties.region_code = members.member_code and counties.period_year = expected.period_year
left join forest_counties
    on forest_counties.region_code = members.member_code and forest_counties.period_year = expected.period_year
left join redlines
    on redlines.region_code = members.member_code and redlines.period_year = expected.period_year
group by expected.region_code, expected.region_level, expected.period_year, expected.members_expected
having land_counties + count(forest_counties.region_code) + count(redlines.region_code) > 0
