{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per section and 4-hour cycle: the values, and the class by the worst of pH, oxygen, CODMn, NH3-N and TP. The
-- class is taken of the values as they stand, as the national feed takes it (measured: rounding first agrees less often).
{% set five = ['ph', 'dissolved_oxygen_mg_l', 'codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l'] %}

with csv as (

    {{ newest_rows('water__section_auto_4hourly') }}

),

api as (

    {{ newest_rows('water__section_auto_api') }}

),

neighbours as (

    {{ newest_rows('yangtze_delta__water_4hourly') }}

),

spoken as (

    -- The files have all six cycles and their corrections, so they speak before the snapshots.
    {% for relation, place in [('csv', 1), ('api', 2), ('neighbours', 3)] -%}
    select
        {{ place }} as place,
        station_code,
        item,
        interval_start_at,
        interval_end_at,
        month,
        value,
        agency_flag
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

first_word as (

    select
        *,
        row_number() over (partition by station_code, item, interval_end_at order by place) as nth
    from spoken

),

judged as (

    select
        words.station_code,
        words.interval_start_at,
        words.interval_end_at,
        words.month,
        words.item,
        words.value,
        -- values of a station under maintenance or calibration take no part in an assessment
        coalesce(words.agency_flag, '正常') in ('正常', 'N') as takes_part,
        limits.item_zh,
        {{ water_class('words.value') }} as item_class,
        {{ water_class_beyond('words.value') }} as class_beyond
    from first_word as words
    inner join {{ ref('water_section') }} as sections
        on sections.station_code = words.station_code
    left join {{ ref('water_limits') }} as limits
        on limits.item = words.item
        and limits.water_type = sections.water_type
        and limits.item in ('{{ five | join("', '") }}')
        and cast({{ local_time('words.interval_start_at') }} as date) between limits.valid_from and limits.valid_to
    where words.nth = 1

),

cycles as (

    select
        station_code,
        interval_start_at,
        interval_end_at,
        month,
        bool_and(takes_part) as takes_part,
        {% for item in auto_items() -%}
        max(value) filter (where item = '{{ item }}') as {{ item }},
        {% endfor -%}
        count(item_class) as items_classed,
        max(item_class) as worst_class,
        cast(max(value) filter (where item = 'water_class_published') as integer) as published_class
    from judged
    group by station_code, interval_start_at, interval_end_at, month

),

compared as (

    select
        judged.station_code,
        judged.interval_end_at,
        string_agg(judged.item_zh, ',' order by judged.item)
            filter (where judged.item_class = cycles.worst_class and cycles.worst_class > 1) as worst_items,
        coalesce(bool_or(judged.class_beyond = cycles.published_class and judged.class_beyond > cycles.worst_class), false)
            as fits_beyond
    from judged
    inner join cycles
        on cycles.station_code = judged.station_code
        and cycles.interval_end_at = judged.interval_end_at
    group by judged.station_code, judged.interval_end_at

),

in_order as (

    -- The cycle before, within the month that is built: a month's first cycle is compared with none.
    select
        station_code,
        interval_end_at,
        lag(published_class) over (partition by station_code, month order by interval_end_at) as published_before
    from cycles

)

select
    cycles.station_code,
    cycles.interval_start_at,
    cycles.interval_end_at,
    cycles.month,
    cast({{ local_time('cycles.interval_start_at') }} as date) as local_date,
    cast(extract(hour from {{ local_time('cycles.interval_start_at') }}) as integer) as hour_of_day,
    cycles.takes_part,
    {% for item in auto_items() -%}
    cycles.{{ item }},
    {% endfor -%}
    cycles.items_classed,
    case when cycles.takes_part and cycles.items_classed = {{ five | length }} then cycles.worst_class end as water_class,
    case when cycles.takes_part and cycles.items_classed = {{ five | length }} then compared.worst_items end as worst_items,
    cycles.published_class,
    case when cycles.items_classed = {{ five | length }} then
        {{ published_class_origin(
            'cycles.published_class', 'cycles.worst_class', 'compared.fits_beyond',
            'coalesce(cycles.published_class = in_order.published_before, false)'
        ) }}
    end as published_origin
from cycles
inner join compared
    on compared.station_code = cycles.station_code
    and compared.interval_end_at = cycles.interval_end_at
inner join in_order
    on in_order.station_code = cycles.station_code
    and in_order.interval_end_at = cycles.interval_end_at
