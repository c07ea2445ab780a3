-- One row per river, basin, city or province and period: shares of the sections' classes, and the grade: by shares from
-- five sections on, of fewer by the mean of each item (rivers and lakes apart, the worse of the two counts).
with sections as (

    select
        members.region_code,
        members.region_level,
        classes.period_type,
        classes.period_start,
        classes.period_end,
        count(distinct members.station_code) as sections_reporting,
        count(classes.water_class) as sections_assessed,
        count(*) filter (where classes.water_class <= 3) as sections_good,
        count(*) filter (where classes.water_class = 6) as sections_worse_v,
        count(classes.meets_target) as sections_with_target,
        count(*) filter (where classes.meets_target) as sections_on_target
    from {{ ref('water_group_member') }} as members
    inner join {{ ref('water_section_period') }} as classes
        on classes.station_code = members.station_code
    group by
        members.region_code, members.region_level, classes.period_type, classes.period_start, classes.period_end

),

sizes as (

    select region_code, count(*) as sections from {{ ref('water_group_member') }} group by region_code

),

rules as (

    select
        cast(max(value) filter (where rule = 'shares_min_sections') as integer) as shares_min_sections,
        cast(max(value) filter (where rule = 'main_pollutants') as integer) as main_pollutants
    from {{ ref('water_rules') }}

),

mean_classes as (

    select region_code, period_type, period_start, max(item_class) filter (where in_21) as mean_class
    from {{ ref('water_group_item') }}
    group by region_code, period_type, period_start

),

above as (

    -- Main pollutants: by the share of sections above class III; of few sections, as one section's.
    select
        items.region_code,
        items.period_type,
        items.period_start,
        items.item_zh,
        row_number() over (
            partition by items.region_code, items.period_type, items.period_start
            order by
                max(items.named_first::integer) desc,
                case when max(sections.sections_assessed) >= max(rules.shares_min_sections)
                    then sum(items.sections_above) else max(items.item_class) end desc,
                coalesce(max(items.exceedance_multiple), 0) desc,
                items.item
        ) as place
    from {{ ref('water_group_item') }} as items
    inner join sections
        on sections.region_code = items.region_code
        and sections.period_type = items.period_type
        and sections.period_start = items.period_start
    cross join rules
    where items.in_21
    group by items.region_code, items.period_type, items.period_start, items.item, items.item_zh
    having case when max(sections.sections_assessed) >= max(rules.shares_min_sections)
        then sum(items.sections_above) > 0 else max(items.item_class) > 3 end

),

pollutants as (

    select
        above.region_code,
        above.period_type,
        above.period_start,
        string_agg(above.item_zh, ',' order by above.place) as main_pollutants
    from above
    cross join rules
    where above.place <= rules.main_pollutants
    group by above.region_code, above.period_type, above.period_start

),

shares as (

    select
        sections.*,
        sizes.sections,
        mean_classes.mean_class,
        sections.sections_assessed >= rules.shares_min_sections as by_shares,
        {{ mean_of('sections.sections_good * 100', 'sections.sections_assessed') }} as good_share,
        {{ mean_of('sections.sections_worse_v * 100', 'sections.sections_assessed') }} as worse_v_share,
        {{ mean_of('sections.sections_on_target * 100', 'sections.sections_with_target') }} as target_share,
        pollutants.main_pollutants
    from sections
    inner join sizes
        on sizes.region_code = sections.region_code
    cross join rules
    left join mean_classes
        on mean_classes.region_code = sections.region_code
        and mean_classes.period_type = sections.period_type
        and mean_classes.period_start = sections.period_start
    left join pollutants
        on pollutants.region_code = sections.region_code
        and pollutants.period_type = sections.period_type
        and pollutants.period_start = sections.period_start

),

fitting as (

    -- Every rule of grades that fits; the first one counts.
    select
        shares.region_code,
        shares.period_type,
        shares.period_start,
        grades.grade,
        grades.grade_zh,
        row_number() over (
            partition by shares.region_code, shares.period_type, shares.period_start order by grades.priority
        ) as place
    from shares
    inner join {{ ref('water_grades') }} as grades
        on shares.period_end between grades.valid_from and grades.valid_to
        and (
            (grades.scope = 'section' and not shares.by_shares and shares.mean_class <= grades.class_max)
            or (
                grades.scope = 'shares'
                and shares.by_shares
                and shares.good_share >= coalesce(grades.good_share_min, 0)
                and shares.good_share < coalesce(grades.good_share_below, 101)
                and shares.worse_v_share >= coalesce(grades.worse_share_min, 0)
            )
        )
    where shares.sections_assessed > 0

)

select
    shares.region_code,
    shares.region_level,
    shares.period_type,
    shares.period_start,
    shares.period_end,
    shares.sections,
    shares.sections_assessed,
    shares.sections_good,
    shares.sections_worse_v,
    shares.sections_with_target,
    shares.sections_on_target,
    shares.good_share,
    shares.worse_v_share,
    shares.target_share,
    shares.mean_class,
    shares.by_shares,
    fitting.grade,
    fitting.grade_zh,
    shares.main_pollutants
from shares
left join fitting
    on fitting.region_code = shares.region_code
    and fitting.period_type = shares.period_type
    and fitting.period_start = shares.period_start
    and fitting.place = 1
