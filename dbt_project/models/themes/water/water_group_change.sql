-- One row per river, basin, city or province and period that has a same period of the year before: steps of the grade, and
-- from five sections on dG - dD, the change of the share of I-III less that of worse than V.
with groups as (

    select * from {{ ref('water_group_period') }}

),

rules as (

    select
        max(value) filter (where rule = 'change_some_above') as some_above,
        max(value) filter (where rule = 'change_clear_above') as clear_above
    from {{ ref('water_rules') }}

),

compared as (

    select
        now.region_code,
        now.region_level,
        now.period_type,
        now.period_start,
        now.sections,
        now.sections_assessed,
        now.grade,
        before.grade as grade_before,
        before.grade - now.grade as steps,
        case when now.by_shares and before.by_shares then
            cast((now.good_share - before.good_share) - (now.worse_v_share - before.worse_v_share) as decimal(18, 9))
        end as share_change
    from groups as now
    inner join groups as before
        on before.region_code = now.region_code
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year

)

select
    compared.*,
    {{ grade_verdict('compared.steps') }} as verdict,
    case
        when abs(compared.share_change) <= rules.some_above then '无明显变化'
        when compared.share_change > rules.clear_above then '明显好转'
        when compared.share_change > 0 then '有所好转'
        when compared.share_change < -rules.clear_above then '明显变差'
        when compared.share_change < 0 then '有所变差'
    end as share_verdict
from compared
cross join rules
