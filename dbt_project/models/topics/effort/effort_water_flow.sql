{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per section that a gauge stands for, and day: the mean flow.
with gauges as ({{ newest_rows('water__hydrology_daily', where="item = 'flow_m3_s'") }})

select
    section_key as station_code,
    cast({{ local_time('interval_start_at') }} as date) as local_date,
    month,
    cast(avg(value) as decimal(18, 6)) as flow_m3_s
from gauges
where section_key is not null and value is not null
group by section_key, cast({{ local_time('interval_start_at') }} as date), month
