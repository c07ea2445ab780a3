-- depends_on: {{ ref('water_limits') }}
-- One row per group of sections, kind of water, item and period: the mean over its sections, the class of that mean, and
-- its part of the city index. Limits of rivers and lakes differ, so the two kinds are never averaged together.
with means as (

    select
        members.region_code,
        members.region_level,
        items.water_type,
        items.item,
        items.period_type,
        items.period_start,
        items.period_end,
        count(items.value) as sections,
        count(*) filter (where items.item_class > 3) as sections_above,
        {{ water_mean('items.item', 'items.value') }} as value
    from {{ ref('water_group_member') }} as members
    inner join {{ ref('water_section_period_item') }} as items
        on items.station_code = members.station_code
    group by
        members.region_code, members.region_level, items.water_type, items.item, items.period_type, items.period_start,
        items.period_end

),

rounded as ({{ with_water_limits('means') }})

select
    region_code,
    region_level,
    water_type,
    item,
    item_zh,
    period_type,
    period_start,
    period_end,
    sections,
    sections_above,
    value,
    rounded_value,
    cast({{ water_class('rounded_value', 'rounded') }} as integer) as item_class,
    {{ exceedance_multiple('rounded_value', 'rounded') }} as exceedance_multiple,
    case when in_21 then cast({{ cwqi_part('item', 'value', 'rounded') }} as decimal(18, 9)) end as index_part,
    in_21,
    named_first
from rounded
