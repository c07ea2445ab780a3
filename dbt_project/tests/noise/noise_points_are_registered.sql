{{ config(severity='warn') }}

-- A point that sends hours but stands in no register has no zone, so no limit: it is left out of every indicator.
select distinct days.station_code
from {{ ref('noise_point_day') }} as days
left join {{ ref('noise_place') }} as places
    on places.region_code = days.station_code
where places.region_code is null
