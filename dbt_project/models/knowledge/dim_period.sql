-- Periods that a theme has rows in; 'ytd' runs from 1 January to the theme's latest day known, in every year to the same
-- day (to 28 February in a common year when the latest day is 29 February).
with months as (

    select theme, cast(month || '-01' as date) as first_day, first_date, last_date
    from {{ source('core', 'months') }}

),

latest as (

    select
        theme,
        cast(extract(month from max(last_date)) as integer) as month_number,
        cast(extract(day from max(last_date)) as integer) as day_number
    from months
    group by theme

),

assigned as (

    select theme, 'month' as period_type, first_day as period_start from months
    union all
    select theme, 'quarter' as period_type, cast(date_trunc('quarter', first_day) as date) as period_start from months
    union all
    select theme, 'year' as period_type, cast(date_trunc('year', first_day) as date) as period_start from months
    union all
    select months.theme, 'ytd' as period_type, cast(date_trunc('year', months.first_day) as date) as period_start
    from months
    inner join latest
        on latest.theme = months.theme
    where (extract(month from months.first_date), extract(day from months.first_date))
        <= (latest.month_number, latest.day_number)

),

bounded as (

    select distinct
        assigned.theme,
        assigned.period_type,
        assigned.period_start,
        case assigned.period_type
            when 'month' then cast(assigned.period_start + interval 1 month as date)
            when 'quarter' then cast(assigned.period_start + interval 3 month as date)
            when 'year' then cast(assigned.period_start + interval 1 year as date)
            else cast(
                least(
                    assigned.period_start + to_months(latest.month_number - 1) + to_days(latest.day_number),
                    assigned.period_start + to_months(latest.month_number)
                ) as date
            )
        end as period_end_exclusive
    from assigned
    inner join latest
        on latest.theme = assigned.theme

)

select
    theme,
    period_type,
    period_start,
    cast(period_end_exclusive - interval 1 day as date) as period_end,
    cast(period_end_exclusive - period_start as integer) as days_expected,
    cast(
        (extract(year from period_end_exclusive) - extract(year from period_start)) * 12
        + extract(month from period_end_exclusive) - extract(month from period_start)
        + case when extract(day from period_end_exclusive) > 1 then 1 else 0 end
        as integer
    ) as months_expected
from bounded
