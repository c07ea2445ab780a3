-- One row per site, gas and period: means of the valid and of the background hours, and whether there are enough of them.
with rules as (

    select
        max(case when rule = 'min_share' then value end) as min_share,
        max(case when rule = 'background_min_hours_per_month' then value end) as background_min_hours
    from {{ ref('ghg_rules') }}

),

months as (

    select region_code, gas, month, sum(background_hours) as background_hours
    from {{ ref('ghg_site_day') }}
    group by region_code, gas, month

),

sums as (

    -- a season without background hours would bend the background of a year: every month needs its hours
    select
        days.region_code,
        days.gas,
        periods.period_type,
        periods.period_start,
        periods.days_expected * 24 as hours_expected,
        periods.months_expected,
        count(distinct days.month) filter (where months.background_hours >= rules.background_min_hours) as background_months,
        max(rules.min_share) as min_share,
        cast(sum(days.hours_valid) as bigint) as hours_valid,
        sum(days.value_sum) as value_sum,
        cast(sum(days.background_hours) as bigint) as background_hours,
        sum(days.background_sum) as background_sum
    from {{ ref('ghg_site_day') }} as days
    inner join {{ ref('dim_period') }} as periods
        on days.local_date between periods.period_start and periods.period_end
        and periods.theme = 'ghg'
    inner join months
        on months.region_code = days.region_code and months.gas = days.gas and months.month = days.month
    cross join rules
    group by days.region_code, days.gas, periods.period_type, periods.period_start, periods.days_expected, periods.months_expected

)

select
    sums.region_code,
    sums.gas,
    sums.period_type,
    sums.period_start,
    sums.hours_valid,
    sums.hours_expected,
    sums.hours_valid >= sums.min_share * sums.hours_expected as is_valid,
    {{ mean_of('sums.value_sum', 'sums.hours_valid') }} as mean,
    sums.background_hours,
    sums.background_months,
    sums.background_months = sums.months_expected as is_background_valid,
    {{ mean_of('sums.background_sum', 'sums.background_hours') }} as background_mean
from sums
