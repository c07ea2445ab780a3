-- One row per site, gas and year: growth as the mean of the twelve differences between a month's background mean and that of the
-- same month a year before, which cancels the season; its standard error from their scatter.
with months as (

    select *
    from {{ ref('ghg_site_period') }}
    where period_type = 'month' and is_background_valid

),

differences as (

    select
        now.region_code,
        now.gas,
        cast(extract(year from now.period_start) as integer) as period_year,
        now.background_mean - before.background_mean as difference
    from months as now
    left join months as before
        on before.region_code = now.region_code
        and before.gas = now.gas
        and before.period_start = now.period_start - interval 1 year

)

select
    region_code,
    gas,
    period_year,
    count(difference) as months_compared,
    {{ mean_of('sum(difference)', 'count(difference)') }} as growth,
    case when count(difference) > 1 then cast(stddev_samp(difference) / sqrt(count(difference)) as decimal(18, 9)) end
        as standard_error
from differences
group by region_code, gas, period_year
