-- depends_on: {{ ref('water_limits') }}
-- One row per section, item and period: the mean of its months, its class under GB 3838 after rounding, and how far it is
-- above class III.
with in_periods as (

    select
        months.station_code,
        sections.water_type,
        months.item,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.months_expected,
        count(months.value) as months_valid,
        count(months.value) filter (where months.value_source = 'automatic') as months_automatic,
        {{ water_mean('months.item', 'months.value') }} as value
    from {{ ref('water_section_month_item') }} as months
    inner join {{ ref('water_section') }} as sections
        on sections.station_code = months.station_code
    inner join {{ ref('dim_period') }} as periods
        on months.month_start between periods.period_start and periods.period_end
        and periods.theme = 'water'
    group by
        months.station_code, sections.water_type, months.item, periods.period_type, periods.period_start,
        periods.period_end, periods.months_expected

),

rounded as ({{ with_water_limits('in_periods') }})

select
    station_code,
    water_type,
    item,
    item_zh,
    period_type,
    period_start,
    period_end,
    limits_edition,
    months_valid,
    months_automatic,
    months_expected,
    value,
    rounded_value,
    cast({{ water_class('rounded_value', 'rounded') }} as integer) as item_class,
    {{ exceedance_multiple('rounded_value', 'rounded') }} as exceedance_multiple,
    in_21,
    named_first
from rounded
