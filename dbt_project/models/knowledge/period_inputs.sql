-- Which months' inputs the numbers of a theme's period depend on: one hash over them, and whether all are past correction.
with members as (

    select
        periods.theme,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        months.month,
        months.inputs_hash,
        months.is_verified
    from {{ ref('dim_period') }} as periods
    inner join {{ source('core', 'months') }} as months
        on months.theme = periods.theme
        and cast(months.month || '-01' as date) between date_trunc('month', periods.period_start) and periods.period_end

)

select
    theme,
    period_type,
    period_start,
    period_end,
    days_expected,
    months_expected,
    case when count(*) = 1 then max(inputs_hash) else sha256(string_agg(inputs_hash, ',' order by month)) end as inputs_hash,
    bool_and(is_verified) as is_verified
from members
group by theme, period_type, period_start, period_end, days_expected, months_expected
