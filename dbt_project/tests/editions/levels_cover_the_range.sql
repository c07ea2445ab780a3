-- Classes follow one another without gap or overlap, up to 500.
select
    aqi_edition,
    level,
    aqi_min,
    aqi_max
from {{ ref('air_levels') }}
qualify
    aqi_min <> coalesce(lag(aqi_max) over (partition by aqi_edition order by level) + 1, aqi_min)
    or aqi_min > aqi_max
    or (lead(level) over (partition by aqi_edition order by level) is null and aqi_max <> 500)
