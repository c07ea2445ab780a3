-- One row per section and period: the class by the worst of the 21 items, the main pollutants, total nitrogen and fecal
-- coliform apart, and whether the section meets its target.
with items as (

    select * from {{ ref('water_section_period_item') }}

),

rules as (

    select
        cast(max(value) filter (where rule = 'class_min_items') as integer) as class_min_items,
        cast(max(value) filter (where rule = 'main_pollutants') as integer) as main_pollutants,
        cast(max(value) filter (where rule = 'items_21') as integer) as items_expected
    from {{ ref('water_rules') }}

),

above as (

    -- Items above class III: heavy metals and cyanide first, then by class, then by multiple; the item's name ends a tie.
    select
        station_code,
        period_type,
        period_start,
        item_zh,
        exceedance_multiple,
        row_number() over (
            partition by station_code, period_type, period_start
            order by named_first desc, item_class desc, coalesce(exceedance_multiple, 0) desc, item
        ) as place
    from items
    where in_21 and item_class > 3

),

pollutants as (

    select
        above.station_code,
        above.period_type,
        above.period_start,
        count(*) as items_above,
        string_agg(
            above.item_zh || case when above.exceedance_multiple is null then ''
                else '(' || cast(cast({{ half_even('above.exceedance_multiple', 2) }} as decimal(12, 2)) as varchar) || ')' end,
            ',' order by above.place
        ) filter (where above.place <= rules.main_pollutants) as main_pollutants
    from above
    cross join rules
    group by above.station_code, above.period_type, above.period_start

),

classes as (

    select
        station_code,
        water_type,
        period_type,
        period_start,
        period_end,
        max(months_valid) as months_valid,
        max(months_expected) as months_expected,
        count(*) filter (where in_21 and item_class is not null) as items_classed,
        count(*) filter (where item in ('ph', 'dissolved_oxygen_mg_l', 'codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l')
            and item_class is not null) as basic_items,
        max(item_class) filter (where in_21) as worst_class,
        string_agg(item_zh, ',' order by item) filter (where in_21 and item_class > 1 and is_worst) as worst_items,
        max(item_class) filter (where item = 'tn_mg_l') as tn_class,
        max(item_class) filter (where item = 'fecal_coliform_count_l') as fecal_coliform_class
    from (
        select
            *,
            item_class = max(case when in_21 then item_class end)
                over (partition by station_code, period_type, period_start) as is_worst
        from items
    ) as compared
    group by station_code, water_type, period_type, period_start, period_end

),

judged as (

    select
        classes.*,
        rules.items_expected,
        case when classes.basic_items >= rules.class_min_items then classes.worst_class end as water_class
    from classes
    cross join rules

)

select
    judged.station_code,
    judged.water_type,
    judged.period_type,
    judged.period_start,
    judged.period_end,
    judged.months_valid,
    judged.months_expected,
    judged.items_classed,
    judged.items_expected,
    judged.water_class,
    grades.grade,
    grades.grade_zh,
    case when judged.water_class is not null then judged.worst_items end as worst_items,
    coalesce(pollutants.items_above, 0) as items_above,
    pollutants.main_pollutants,
    judged.tn_class,
    judged.fecal_coliform_class,
    sections.target_class,
    judged.water_class <= sections.target_class as meets_target
from judged
inner join {{ ref('water_section') }} as sections
    on sections.station_code = judged.station_code
left join pollutants
    on pollutants.station_code = judged.station_code
    and pollutants.period_type = judged.period_type
    and pollutants.period_start = judged.period_start
left join (
    select class_max, min(grade) as grade, min(grade_zh) as grade_zh from {{ ref('water_grades') }}
    where scope = 'section' group by class_max
    union all
    -- class I is as good as class II: excellent
    select 1 as class_max, grade, grade_zh from {{ ref('water_grades') }} where scope = 'section' and class_max = 2
) as grades
    on grades.class_max = judged.water_class
