-- One row per groundwater sample and item, with its class by GB/T 14848 (1 to 5).
with results as ({{ newest_rows('ecology__groundwater_well_survey') }}),

detected as ({{ with_detection('results', 'ecology__groundwater_well_survey') }}),

items as (

    select
        station_code,
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as sampled_on,
        well_kind,
        season,
        item,
        value,
        is_below_detection
    from detected

)

select
    items.station_code,
    items.region_code,
    items.sampled_on,
    items.well_kind,
    items.season,
    items.item,
    cast(items.value as decimal(18, 6)) as value,
    items.is_below_detection,
    -- The best class whose limits hold the value; class V has no limit. What is not detected is class I.
    cast(case
        when items.is_below_detection then 1
        when items.value is not null and count(limits.class) > 0 then coalesce(
            min(case
                when items.value >= coalesce(limits.lower, items.value) and items.value <= limits.upper then limits.class
            end),
            5
        )
    end as integer) as class
from items
left join {{ ref('groundwater_limits') }} as limits
    on limits.item = items.item
    and items.sampled_on between limits.valid_from and coalesce(limits.valid_to, date '9999-12-31')
group by
    items.station_code, items.region_code, items.sampled_on, items.well_kind, items.season, items.item, items.value,
    items.is_below_detection
