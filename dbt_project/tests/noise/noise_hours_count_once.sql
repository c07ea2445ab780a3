-- Every hour belongs to one date's day or night: 16 and 8 at most, and none is lost or counted twice.
with hours as (

    select station_code, count(*) as sent, count(*) filter (where is_valid) as valid
    from {{ ref('noise_point_hour') }}
    group by station_code

),

days as (

    select
        station_code,
        sum(day_hours_sent + night_hours_sent) as sent,
        sum(day_hours_valid + night_hours_valid) as valid,
        max(day_hours_sent) as most_by_day,
        max(night_hours_sent) as most_by_night
    from {{ ref('noise_point_day') }}
    group by station_code

)

select *
from hours
full join days using (station_code)
where hours.sent is distinct from days.sent
    or hours.valid is distinct from days.valid
    or days.most_by_day > 16
    or days.most_by_night > 8
