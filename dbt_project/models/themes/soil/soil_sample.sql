-- One row per soil sample: how many of the items asked for are judged, and the worst of them.
select
    station_code,
    region_code,
    sampled_on,
    land_use,
    is_farmland,
    ph,
    count(*) as items_asked,
    count(is_above_screening) as items_judged,
    -- One item above settles it; below is only said when every item is known.
    case
        when bool_or(is_above_screening) then true
        when count(is_above_screening) = count(*) then false
    end as is_above_screening,
    case
        when bool_or(is_above_control) then true
        when count(is_above_control) = count(*) then false
    end as is_above_control,
    string_agg(case when is_above_screening then item end, ',' order by item) as items_above
from {{ ref('soil_sample_item') }}
group by station_code, region_code, sampled_on, land_use, is_farmland, ph
