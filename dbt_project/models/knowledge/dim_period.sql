-- Periods that city-days fall into; 'ytd' runs from 1 January to the latest day known, in every year to the same day
-- (to 28 February in a common year when the latest day is 29 February).
with days as (

    select distinct local_date from {{ ref('air_city_day') }}

),

latest as (

    select
        max(local_date) as local_date,
        cast(extract(month from max(local_date)) as integer) as month_number,
        cast(extract(day from max(local_date)) as integer) as day_number
    from days

),

assigned as (

    select local_date, 'month' as period_type, cast(date_trunc('month', local_date) as date) as period_start from days
    union all
    select local_date, 'quarter' as period_type, cast(date_trunc('quarter', local_date) as date) as period_start from days
    union all
    select local_date, 'year' as period_type, cast(date_trunc('year', local_date) as date) as period_start from days
    union all
    select days.local_date, 'ytd' as period_type, cast(date_trunc('year', days.local_date) as date) as period_start
    from days
    cross join latest
    where (extract(month from days.local_date), extract(day from days.local_date))
        <= (latest.month_number, latest.day_number)

),

bounded as (

    select distinct
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
    cross join latest

)

select
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
