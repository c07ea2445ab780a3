{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per section, item, way of measuring and day with a result: the laboratory's of a sample, or the automatic
-- station's daily mean. Below the detection limit there is an upper bound and no lower one.
{% set items = ['codmn', 'nh3n', 'tp', 'tn'] -%}
with sheets as (

    {{ newest_rows('water__section_monthly', where="item in ('codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l', 'tn_mg_l')") }}

),

days as (

    select * from {{ ref('water_section_day') }} where {{ month_scope() }}

),

results as (

    select
        station_code,
        replace(item, '_mg_l', '') as item,
        sampled_on as local_date,
        month,
        case when agency_flag is distinct from 'L' then value end as low_mg_l,
        case when agency_flag = 'L' then detection_limit else value end as high_mg_l,
        'laboratory' as measured_by
    from sheets
    {% for item in items -%}
    union all
    select station_code, '{{ item }}' as item, local_date, month, {{ item }}_mg_l as low_mg_l, {{ item }}_mg_l as high_mg_l,
        'station' as measured_by
    from days
    {% endfor %}

)

select
    'water/' || station_code || '/' || item as series_key,
    station_code,
    item,
    measured_by,
    local_date,
    month,
    cast(max(low_mg_l) as decimal(18, 9)) as low_mg_l,
    cast(max(high_mg_l) as decimal(18, 9)) as high_mg_l
from results
where high_mg_l > 0
group by station_code, item, measured_by, local_date, month
