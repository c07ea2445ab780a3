-- The standard's piecewise line, tabulated at every concentration that can be published: a join instead of a formula.
with breakpoints as (

    select
        aqi_edition,
        pollutant,
        averaging,
        above_rule,
        iaqi as iaqi_low,
        cast(concentration * case when unit = 'mg/m3' then 10 else 1 end as integer) as step_low,
        lead(iaqi) over (partition by aqi_edition, pollutant, averaging order by iaqi) as iaqi_high,
        lead(cast(concentration * case when unit = 'mg/m3' then 10 else 1 end as integer))
            over (partition by aqi_edition, pollutant, averaging order by iaqi) as step_high
    from {{ ref('aqi_breakpoints') }}

),

steps as (

    {{ numbers(0, 5001, 'step') }}

),

lines as (

    -- Rounded up in integers: ceil(a / b) = (a + b - 1) div b, exact where a float would miss a breakpoint.
    select
        breakpoints.aqi_edition,
        breakpoints.pollutant,
        breakpoints.averaging,
        steps.step,
        breakpoints.iaqi_low + {{ whole_quotient(
            '((breakpoints.iaqi_high - breakpoints.iaqi_low) * (steps.step - breakpoints.step_low)'
            ~ ' + (breakpoints.step_high - breakpoints.step_low) - 1)',
            '(breakpoints.step_high - breakpoints.step_low)'
        ) }} as iaqi
    from breakpoints
    inner join steps
        on steps.step >= breakpoints.step_low
        and steps.step < breakpoints.step_high

),

beyond as (

    -- At the last breakpoint the line ends; above it the edition says: cap at 500, stay fixed, or no index at all.
    select
        breakpoints.aqi_edition,
        breakpoints.pollutant,
        breakpoints.averaging,
        steps.step,
        case
            when steps.step = breakpoints.step_low or breakpoints.above_rule in ('cap', 'fixed') then breakpoints.iaqi_low
        end as iaqi
    from breakpoints
    inner join steps
        on steps.step >= breakpoints.step_low
    where breakpoints.step_high is null

),

tabulated as (

    select aqi_edition, pollutant, averaging, step, iaqi from lines
    union all
    select aqi_edition, pollutant, averaging, step, iaqi from beyond

)

select
    tabulated.aqi_edition,
    rules.report,
    case when rules.pollutant = 'o3' then 'o3_' || rules.averaging else rules.pollutant end as component,
    tabulated.step,
    cast(tabulated.iaqi as integer) as iaqi
from tabulated
inner join {{ ref('air_aqi_rules') }} as rules
    on rules.aqi_edition = tabulated.aqi_edition
    and rules.pollutant = tabulated.pollutant
    and rules.averaging = tabulated.averaging
where tabulated.iaqi is not null
