-- One row per region and year: the four dimensions and the ecological quality index. A county's come from its components;
-- a city's and a province's are the means of their counties weighted by surveyed area, when every county has one.
{% set components = ['eco_land_ratio', 'coast_retention', 'redline_ratio', 'habitat_quality', 'connectivity',
                     'vegetation_cover', 'water_density', 'key_function', 'urban_green', 'park_access',
                     'protected_species', 'indicator_groups', 'native_share',
                     'land_disturbance', 'sea_development', 'natural_disaster'] -%}
{% set scores = ['pattern', 'ecological_function', 'biodiversity', 'stress', 'eqi'] -%}
with reported as (

    {{ newest_rows('ecology__eqi_components') }}

),

land as (

    {{ newest_rows('resources__land_use') }}

),

members as (

    {{ members_of_regions() }}

),

long as (

    {% for component in components -%}
    select
        region_code,
        {{ local_year('interval_start_at') }} as period_year,
        eqi_published,
        '{{ component }}' as component,
        {{ component }} as score
    from reported
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

dimensions as (

    -- A county without a sea has no marine components: the mean is that of the components it has.
    select
        long.region_code,
        long.period_year,
        components.eqi_edition,
        components.dimension,
        max(long.eqi_published) as eqi_published,
        count(*) filter (where not components.is_marine) as components_expected,
        count(long.score) filter (where not components.is_marine) as components_valid,
        string_agg(case when long.score is null and not components.is_marine then long.component end, ',' order by long.component)
            as components_missing,
        case when bool_and(components.is_marine or long.score is not null) then
            {{ mean_of('sum(long.score * components.weight)', 'sum(case when long.score is not null then components.weight end)') }}
        end as score
    from long
    inner join {{ ref('ecology_eqi_components') }} as components
        on components.component = long.component
        and make_date(long.period_year, 12, 31) between components.valid_from and coalesce(components.valid_to, date '9999-12-31')
    group by long.region_code, long.period_year, components.eqi_edition, components.dimension

),

counties as (

    select
        dimensions.region_code,
        'county' as region_level,
        dimensions.period_year,
        dimensions.eqi_edition,
        max(case when dimensions.dimension = 'pattern' then dimensions.score end) as pattern,
        max(case when dimensions.dimension = 'function' then dimensions.score end) as ecological_function,
        max(case when dimensions.dimension = 'biodiversity' then dimensions.score end) as biodiversity,
        max(case when dimensions.dimension = 'stress' then dimensions.score end) as stress,
        case when count(dimensions.score) = 4 then
            cast(sum(weights.weight * case when weights.direction = 'down' then 100 - dimensions.score else dimensions.score end)
                as decimal(18, 9))
        end as eqi,
        max(dimensions.eqi_published) as eqi_published,
        cast(sum(dimensions.components_valid) as bigint) as members_valid,
        cast(sum(dimensions.components_expected) as bigint) as members_expected,
        string_agg(dimensions.components_missing, ',' order by dimensions.components_missing) as components_missing
    from dimensions
    inner join {{ ref('ecology_eqi_dimensions') }} as weights
        on weights.eqi_edition = dimensions.eqi_edition and weights.dimension = dimensions.dimension
    group by dimensions.region_code, dimensions.period_year, dimensions.eqi_edition

),

expected as (

    {{ members_expected('counties', 'county') }}

),

combined as (

    select
        expected.region_code,
        expected.region_level,
        expected.period_year,
        max(counties.eqi_edition) as eqi_edition,
        {% for score in scores -%}
        {{ mean_of('sum(cast(counties.' ~ score ~ ' as decimal(24, 9)) * land.area_ha)',
                   'sum(case when counties.' ~ score ~ ' is not null then land.area_ha end)') }} as {{ score }},
        {% endfor -%}
        count(*) filter (where counties.eqi is not null and land.area_ha is not null) as members_valid,
        max(expected.members_expected) as members_expected
    from expected
    inner join members
        on members.region_code = expected.region_code and members.member_level = 'county'
    inner join counties
        on counties.region_code = members.member_code and counties.period_year = expected.period_year
    left join land
        on land.region_code = counties.region_code and {{ local_year('land.interval_start_at') }} = counties.period_year
    where expected.region_level <> 'county'
    group by expected.region_code, expected.region_level, expected.period_year

),

united as (

    select * from counties
    union all by name
    select
        region_code,
        region_level,
        period_year,
        eqi_edition,
        {% for score in scores -%}
        case when members_valid = members_expected then {{ score }} end as {{ score }},
        {% endfor -%}
        members_valid,
        members_expected
    from combined

),

published as (

    select *, {{ half_even('eqi', 2) }} as eqi_rounded from united

)

select
    now.region_code,
    now.region_level,
    now.period_year,
    now.eqi_edition,
    {% for score in scores -%}
    now.{{ score }},
    {% endfor -%}
    now.eqi_published,
    classes.class,
    classes.name_zh as class_zh,
    before.period_year is not null as has_year_before,
    cast(now.eqi_rounded - before.eqi_rounded as decimal(18, 4)) as eqi_change,
    changes.grade as change_grade,
    -- the grade of stability has no direction
    case
        when changes.grade = 0 then changes.name_zh
        when now.eqi_rounded > before.eqi_rounded then changes.name_zh || '变好'
        when now.eqi_rounded < before.eqi_rounded then changes.name_zh || '变差'
    end as change_zh,
    now.members_valid,
    now.members_expected,
    now.components_missing
from published as now
left join published as before
    on before.region_code = now.region_code and before.period_year = now.period_year - 1
left join {{ ref('ecology_eqi_classes') }} as classes
    on classes.eqi_edition = now.eqi_edition
    and now.eqi_rounded >= classes.eqi_from and now.eqi_rounded < classes.eqi_below
left join {{ ref('ecology_eqi_changes') }} as changes
    on changes.eqi_edition = now.eqi_edition
    and abs(now.eqi_rounded - before.eqi_rounded) >= changes.change_from
    and abs(now.eqi_rounded - before.eqi_rounded) < changes.change_below
