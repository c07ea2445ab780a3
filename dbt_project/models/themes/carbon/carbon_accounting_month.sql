-- One row per local month: what the key emitters of the province deposited, and on how many carbon contents were measured.
with deposits as ({{ newest_rows('resources__carbon_accounting', scope=false) }})

select
    cast({{ local_time('interval_start_at') }} as date) as month_start,
    count(*) as deposits,
    count(co2_t) as deposits_with_co2,
    count(*) filter (where carbon_source = '实测') as deposits_measured,
    coalesce(sum(co2_t), 0) as co2_t
from deposits
group by interval_start_at
