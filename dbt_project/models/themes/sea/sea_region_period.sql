-- One row per bay, city or province and period in which it was surveyed: shares of the classes and of eutrophic points.
-- Every survey weighs the same: a period's share is the mean of its surveys' shares, by points.
{% set shares = {
    'class1': 'class = 1', 'class2': 'class = 2', 'class3': 'class = 3', 'class4': 'class = 4', 'worse': 'class = 5',
    'good': 'class <= 2',
} %}

with members as (

    select
        regions.region_code,
        regions.region_level,
        periods.period_type,
        periods.period_start,
        surveys.*
    from {{ ref('sea_point_survey') }} as surveys
    cross join lateral (
        values (surveys.bay_code, 'bay'), (surveys.city_code, 'city'), (surveys.province_code, 'province')
    ) as regions (region_code, region_level)
    inner join {{ ref('dim_period') }} as periods
        on periods.theme = 'sea'
        and surveys.survey_on between periods.period_start and periods.period_end
    where regions.region_code is not null

),

rules as (
    {{ rules_as_columns(ref('sea_rules'), ['year_surveys', 'point_min_share']) }}
),

surveys as (

    select
        members.region_code,
        members.region_level,
        members.period_type,
        members.period_start,
        members.survey_year,
        members.season,
        rules.year_surveys,
        count(*) as points_sampled,
        count(members.class) as points_valid,
        count(members.class) > 0 and count(members.class) >= count(*) * rules.point_min_share as is_valid,
        count(members.eutrophication_index) as points_indexed,
        {% for name, condition in shares.items() -%}
        {{ mean_of('count(*) filter (where members.' ~ condition ~ ') * 100', 'count(members.class)') }} as {{ name }}_pct,
        {% endfor -%}
        {{ mean_of('count(*) filter (where members.eutrophication_level > 0) * 100', 'count(members.eutrophication_index)') }}
            as eutrophic_pct
    from members
    inner join rules
        on members.survey_on between rules.valid_from and rules.valid_to
    group by
        members.region_code, members.region_level, members.period_type, members.period_start, members.survey_year,
        members.season, rules.year_surveys, rules.point_min_share

),

periods as (

    select
        region_code,
        region_level,
        period_type,
        period_start,
        count(*) as surveys_held,
        count(*) filter (where is_valid) as surveys_valid,
        greatest(count(*), case when period_type = 'year' then max(year_surveys) else 1 end) as surveys_expected,
        sum(points_sampled) as points_sampled,
        sum(points_valid) as points_valid,
        sum(points_indexed) as points_indexed,
        {% for name in shares.keys() | list + ['eutrophic'] -%}
        {{ mean_of('sum(' ~ name ~ '_pct)', 'count(' ~ name ~ '_pct)') }} as {{ name }}_pct{{ ',' if not loop.last }}
        {% endfor -%}
    from surveys
    group by region_code, region_level, period_type, period_start

),

graded as (

    select
        periods.*,
        grades.grade,
        grades.zh as grade_zh
    from periods
    left join {{ ref('sea_grades') }} as grades
        on periods.period_start between grades.valid_from and coalesce(grades.valid_to, date '9999-12-31')
        and periods.class1_pct >= coalesce(grades.min_class1_pct, 0)
        and periods.good_pct >= coalesce(grades.min_good_pct, 0)
        and periods.worse_pct <= coalesce(grades.max_worse_pct, 100)
    qualify row_number() over (
        partition by periods.region_code, periods.period_type, periods.period_start order by grades.grade
    ) = 1

)

select
    region_code,
    region_level,
    period_type,
    period_start,
    cast(surveys_held as bigint) as surveys_held,
    cast(surveys_valid as bigint) as surveys_valid,
    cast(surveys_expected as bigint) as surveys_expected,
    cast(points_sampled as bigint) as points_sampled,
    cast(points_valid as bigint) as points_valid,
    cast(points_indexed as bigint) as points_indexed,
    surveys_valid = surveys_expected as is_valid,
    {% for name in shares -%}
    {{ name }}_pct,
    {% endfor -%}
    eutrophic_pct,
    cast(grade as integer) as grade,
    grade_zh
from graded
