-- One row per target of the plan and month: value, target, gap and verdict, judged on the last day known of the month
-- and not by today's clock. A target without a year never gets one.
with parameters as (

    select cast(value as date) as path_start from {{ ref('plan_rules') }} where rule = 'path_start'

),

dated as (

    select
        measured.*,
        targets.kind,
        targets.unit,
        targets.value as target,
        targets.year,
        make_date(targets.year, 12, 31) as due_on,
        parameters.path_start,
        coalesce(measured.judged_on >= make_date(targets.year, 12, 31), false) as is_due,
        measured.value >= targets.value as is_reached,
        -- days of the path that are over, the day judged included
        least(measured.judged_on, make_date(targets.year, 12, 31)) - parameters.path_start + 1 as path_days_over,
        make_date(targets.year, 12, 31) - parameters.path_start + 1 as path_days
    from {{ ref('plan_measured') }} as measured
    inner join {{ ref('plan_targets') }} as targets
        on targets.code = measured.code
    cross join parameters

),

judged as (

    select
        *,
        case
            when is_reached then 'reached'
            when year is null then 'no_year_set'
            when is_due and value is null then 'due_not_reported'
            when is_due then 'due_missed'
            -- nothing to judge by: no figure, or a yes or no that is not asked for yet
            when value is null or kind = 'milestone' then 'not_due_yet'
            -- both sides multiplied by the days of the path, so that the comparison is exact
            when (value - value_at_start) * path_days >= (target - value_at_start) * path_days_over then 'on_track'
            else 'behind'
        end as verdict,
        case
            when kind <> 'milestone' and year is not null then
                cast(
                    value_at_start + cast((target - value_at_start) * path_days_over as double) / path_days
                    as decimal(18, 9)
                )
        end as path_value
    from dated

),

first_reached as (

    select
        code,
        min(judged_on) filter (where is_reached) as reached_by,
        min(judged_on) filter (where is_due and value < target) as missed_on
    from dated
    group by code

)

select
    judged.code,
    judged.month,
    judged.judged_on,
    judged.kind,
    judged.unit,
    judged.value,
    judged.target,
    judged.target - judged.value as gap,
    {{ mean_of('judged.value * 100', 'judged.target') }} as share_pct,
    judged.year,
    judged.due_on,
    judged.is_due,
    judged.verdict,
    judged.path_value,
    judged.value_at_start,
    case when judged.is_reached then first_reached.reached_by end as reached_by,
    case
        when judged.is_reached and first_reached.reached_by <= judged.due_on then false
        -- late only if it was known to be short when the year was over: no data is no lateness
        when judged.is_reached and first_reached.missed_on < first_reached.reached_by then true
    end as is_late,
    judged.value_source,
    judged.numerator,
    judged.denominator,
    judged.known_on,
    judged.reported_value,
    judged.reported_status,
    judged.reported_evidence,
    judged.reported_on,
    measures.datasets,
    measures.rule_zh,
    measures.rule_en
from judged
inner join {{ ref('plan_measures') }} as measures
    on measures.code = judged.code
left join first_reached
    on first_reached.code = judged.code
