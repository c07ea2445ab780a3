-- One row per visit of an electromagnetic point and item, against the public exposure limit of GB 8702.
with results as (

    select
        station_code,
        region_code,
        site_kind,
        cast({{ local_time('interval_start_at') }} as date) as visited_on,
        item,
        value
    from ({{ newest_rows('ecology__radiation_em_field') }}) as rows

)

select
    results.station_code,
    results.region_code,
    results.site_kind,
    results.visited_on,
    results.item,
    cast(results.value as decimal(12, 4)) as value,
    limits.value as limit_value,
    limits.unit,
    results.value <= limits.value as is_within
from results
inner join {{ ref('radiation_rules') }} as limits
    on limits.rule = results.item
    and results.visited_on between limits.valid_from and coalesce(limits.valid_to, date '9999-12-31')
