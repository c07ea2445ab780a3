-- One row per groundwater sample: the worst class of its items (single factor).
select
    station_code,
    region_code,
    sampled_on,
    well_kind,
    season,
    count(*) as items_asked,
    count(class) as items_judged,
    -- Class V settles it; any other needs every item.
    case when max(class) = 5 or count(class) = count(*) then max(class) end as class,
    string_agg(case when class = 5 then item end, ',' order by item) as items_class_5
from {{ ref('groundwater_sample_item') }}
group by station_code, region_code, sampled_on, well_kind, season
