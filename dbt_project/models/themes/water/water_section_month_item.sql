-- One row per section, month and item: the automatic mean where enough days are valid, else what was sampled by hand;
-- results below the detection limit count as half of it.
{% set automatic = ['ph', 'dissolved_oxygen_mg_l', 'codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l', 'tn_mg_l', 'chlorophyll_a_mg_l'] %}

with manual_rows as (

    {{ newest_rows('water__section_monthly', scope=false) }}

),

rules as (

    select
        max(value) filter (where rule = 'month_min_day_share') as month_min_day_share,
        max(value) filter (where rule = 'below_limit_share') as below_limit_share
    from {{ ref('water_rules') }}

),

days as (

    {% for item in automatic -%}
    select station_code, cast(month || '-01' as date) as month_start, '{{ item }}' as item, {{ item }} as value
    from {{ ref('water_section_day') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

by_station as (

    select
        station_code,
        month_start,
        item,
        count(value) as days_valid,
        {{ water_mean('item', 'value') }} as value
    from days
    group by station_code, month_start, item

),

by_hand as (

    select
        manual_rows.station_code,
        cast(manual_rows.month || '-01' as date) as month_start,
        manual_rows.item,
        cast(max(case
            when manual_rows.agency_flag = 'L' then manual_rows.detection_limit * rules.below_limit_share
            else manual_rows.value
        end) as decimal(18, 9)) as value
    from manual_rows
    cross join rules
    where manual_rows.item <> 'water_temperature_degc'
    group by manual_rows.station_code, manual_rows.month, manual_rows.item

),

keys as (

    select station_code, month_start, item from by_station where days_valid > 0
    union
    select station_code, month_start, item from by_hand where value is not null

),

measured as (

    select
        keys.station_code,
        keys.month_start,
        keys.item,
        coalesce(by_station.days_valid, 0) as days_valid,
        cast(extract(day from last_day(keys.month_start)) as integer) as days_expected,
        case when by_station.days_valid >= rules.month_min_day_share * extract(day from last_day(keys.month_start))
            then by_station.value end as automatic_value,
        by_hand.value as manual_value
    from keys
    cross join rules
    left join by_station
        on by_station.station_code = keys.station_code
        and by_station.month_start = keys.month_start
        and by_station.item = keys.item
    left join by_hand
        on by_hand.station_code = keys.station_code
        and by_hand.month_start = keys.month_start
        and by_hand.item = keys.item

)

select
    station_code,
    month_start,
    item,
    coalesce(automatic_value, manual_value) as value,
    case when automatic_value is not null then 'automatic' when manual_value is not null then 'manual' end as value_source,
    days_valid,
    days_expected,
    automatic_value,
    manual_value
from measured
