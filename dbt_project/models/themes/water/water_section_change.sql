-- One row per section and period that has a same period of the year before: steps of the grade, plus is better.
with classes as (

    select * from {{ ref('water_section_period') }}

)

select
    now.station_code,
    now.period_type,
    now.period_start,
    now.items_classed,
    now.items_expected,
    now.grade,
    before.grade as grade_before,
    before.grade - now.grade as steps,
    {{ grade_verdict('before.grade - now.grade') }} as verdict
from classes as now
inner join classes as before
    on before.station_code = now.station_code
    and before.period_type = now.period_type
    and before.period_start = now.period_start - interval 1 year
