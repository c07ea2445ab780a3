{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per furnace and natural day: five-minute means of the furnace temperature in normal operation, how many are
-- below the limit, and whether the day keeps the rule. Start, stop and repair are not judged.
with intervals as (

    select
        station_code,
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        month,
        value,
        flag = '正常运行' as is_normal
    from ({{ newest_rows('ecology__incinerator_online', where="item = 'furnace_temperature_degc'") }}) as readings

),

judged as (

    select
        intervals.*,
        furnace_min_degc.value as limit_degc,
        furnace_max_low_intervals.value as intervals_allowed
    from intervals
    {{ rule_join(ref('waste_rules'), 'furnace_min_degc', 'intervals.local_date') }}
    {{ rule_join(ref('waste_rules'), 'furnace_max_low_intervals', 'intervals.local_date') }}

)

select
    station_code,
    max(region_code) as region_code,
    local_date,
    month,
    count(*) as intervals,
    count(case when is_normal then value end) as intervals_normal,
    count(case when is_normal and value < limit_degc then value end) as intervals_low,
    cast(min(case when is_normal then value end) as decimal(12, 4)) as lowest_degc,
    -- Days before the rule, and days without a reading in normal operation, are not judged.
    case when count(case when is_normal then value end) > 0 then
        count(case when is_normal and value < limit_degc then value end) <= max(intervals_allowed)
    end as is_compliant
from judged
group by station_code, local_date, month
