-- The 24 hours of a natural day are the intervals from 00:00 to 24:00 in Asia/Shanghai; label 00 closes the day before.
select
    station_code,
    interval_start_at,
    interval_end_at,
    local_date,
    hour_of_day
from {{ ref('air_station_hour') }}
where {{ tested_rows() }} and (
    interval_end_at <> interval_start_at + interval 1 hour
    or hour_of_day not between 1 and 24
    or {{ local_time('interval_end_at') }} <> local_date + to_hours(hour_of_day)
    or month <> {{ iso_month('local_date') }}
)
