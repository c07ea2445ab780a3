-- Concentration rises with the IAQI, and exactly the last breakpoint says what is above it.
select
    aqi_edition,
    pollutant,
    averaging,
    iaqi,
    concentration,
    above_rule
from {{ ref('aqi_breakpoints') }}
qualify
    concentration <= lag(concentration) over (partition by aqi_edition, pollutant, averaging order by iaqi)
    or (above_rule is not null)
    <> (lead(iaqi) over (partition by aqi_edition, pollutant, averaging order by iaqi) is null)
