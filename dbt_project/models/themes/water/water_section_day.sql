{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per section and natural day: means of the cycles where enough of the six are valid, and the class of the rounded
-- means by the worst of the five items.
{% set five = ['ph', 'dissolved_oxygen_mg_l', 'codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l'] %}

with cycles as (

    select *
    from {{ ref('water_section_cycle') }}
    where {{ month_scope() }}

),

long as (

    {% for item in auto_items() -%}
    select station_code, local_date, month, '{{ item }}' as item, case when takes_part then {{ item }} end as value
    from cycles
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

rules as (

    select cast(max(value) as integer) as day_min_cycles from {{ ref('water_rules') }} where rule = 'day_min_cycles'

),

means as (

    select
        long.station_code,
        long.local_date,
        long.month,
        long.item,
        count(long.value) as cycles,
        case when count(long.value) >= max(rules.day_min_cycles) then {{ water_mean('long.item', 'long.value') }} end as value
    from long
    cross join rules
    group by long.station_code, long.local_date, long.month, long.item

),

judged as (

    select
        means.*,
        limits.item_zh,
        {{ water_class(half_even_at('means.value', 'limits.decimals')) }} as item_class
    from means
    inner join {{ ref('water_section') }} as sections
        on sections.station_code = means.station_code
    left join {{ ref('water_limits') }} as limits
        on limits.item = means.item
        and limits.water_type = sections.water_type
        and limits.item in ('{{ five | join("', '") }}')
        and means.local_date between limits.valid_from and limits.valid_to

),

days as (

    select
        station_code,
        local_date,
        month,
        {% for item in auto_items() -%}
        max(value) filter (where item = '{{ item }}') as {{ item }},
        {% endfor -%}
        min(cycles) filter (where item in ('{{ five | join("', '") }}')) as cycles,
        count(item_class) as items_classed,
        max(item_class) as worst_class
    from judged
    group by station_code, local_date, month

),

worst as (

    select
        judged.station_code,
        judged.local_date,
        string_agg(judged.item_zh, ',' order by judged.item) as worst_items
    from judged
    inner join days
        on days.station_code = judged.station_code
        and days.local_date = judged.local_date
        and days.worst_class = judged.item_class
    where days.worst_class > 1
    group by judged.station_code, judged.local_date

)

select
    days.station_code,
    days.local_date,
    days.month,
    {% for item in auto_items() -%}
    days.{{ item }},
    {% endfor -%}
    days.cycles,
    days.items_classed,
    days.items_classed = {{ five | length }} as is_valid,
    case when days.items_classed = {{ five | length }} then days.worst_class end as water_class,
    case when days.items_classed = {{ five | length }} then worst.worst_items end as worst_items
from days
left join worst
    on worst.station_code = days.station_code
    and worst.local_date = days.local_date
