{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per point and hour: the levels as last said, the day or night they count for, and whether they may be used.
-- An hour that weather or the instrument spoils keeps its numbers and says why it is left out.
{% set items = ['leq_dba', 'l10_dba', 'l50_dba', 'l90_dba', 'lmax_dba'] %}

with newest as (

    {{ newest_rows('ecology__noise_zone_hourly') }}

),

hours as (

    select
        station_code,
        interval_start_at,
        interval_end_at,
        month,
        {{ local_time('interval_start_at') }} as starts,
        {% for item in items -%}
        max(case when item = '{{ item }}' then value end) as {{ item }},
        {% endfor -%}
        max(case when item = 'leq_dba' then flag end) as mark
    from newest
    group by station_code, interval_start_at, interval_end_at, month

),

rules as (
    {{ rules_as_columns(ref('noise_rules'), ['day_start_hour', 'night_start_hour']) }}
),

dated as (

    select
        hours.*,
        cast(hours.starts as date) as local_date,
        extract(hour from hours.starts) >= rules.day_start_hour
        and extract(hour from hours.starts) < rules.night_start_hour as is_day,
        extract(hour from hours.starts) < rules.day_start_hour as is_after_midnight
    from hours
    inner join rules
        on cast(hours.starts as date) between rules.valid_from and rules.valid_to

)

select
    dated.station_code,
    dated.interval_start_at,
    dated.interval_end_at,
    dated.month,
    dated.local_date,
    -- the night of a date begins at its 22:00 and ends at 06:00 of the next date
    case when dated.is_after_midnight then cast(dated.local_date - interval '1' day as date)
        else dated.local_date end as noise_date,
    case when dated.is_day then 'day' else 'night' end as day_part,
    {% for item in items -%}
    dated.{{ item }},
    {% endfor -%}
    dated.mark,
    dated.leq_dba is not null and coalesce(marks.is_usable, true) as is_valid,
    case
        when not coalesce(marks.is_usable, true) then marks.reason
        when dated.leq_dba is null then 'missing'
    end as invalid_reason
from dated
left join {{ ref('noise_marks') }} as marks
    on marks.mark = dated.mark
