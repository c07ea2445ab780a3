-- At every breakpoint of the standard the table holds the standard's IAQI, and between two it never falls.
with breakpoints as (

    select
        rules.aqi_edition,
        rules.report,
        case when rules.pollutant = 'o3' then 'o3_' || rules.averaging else rules.pollutant end as component,
        cast(points.concentration * case when points.unit = 'mg/m3' then 10 else 1 end as integer) as step,
        points.iaqi
    from {{ ref('air_aqi_rules') }} as rules
    inner join {{ ref('aqi_breakpoints') }} as points
        on points.aqi_edition = rules.aqi_edition
        and points.pollutant = rules.pollutant
        and points.averaging = rules.averaging

),

falling as (

    select aqi_edition, report, component, step, iaqi
    from {{ ref('iaqi_table') }}
    qualify iaqi < lag(iaqi) over (partition by aqi_edition, report, component order by step)

)

select 'not the IAQI of the breakpoint' as fault, breakpoints.*
from breakpoints
left join {{ ref('iaqi_table') }} as known
    on known.aqi_edition = breakpoints.aqi_edition
    and known.report = breakpoints.report
    and known.component = breakpoints.component
    and known.step = breakpoints.step
where known.iaqi is distinct from breakpoints.iaqi
union all
select 'falls' as fault, falling.* from falling
