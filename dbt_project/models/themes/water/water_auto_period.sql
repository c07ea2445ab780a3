-- One row per automatic section and period: days with a valid daily value of all five items, of the days it had to report.
select
    days.station_code,
    periods.period_type,
    periods.period_start,
    periods.period_end,
    periods.days_expected,
    count(*) filter (where days.is_valid) as days_valid,
    count(*) as days_reported
from {{ ref('water_section_day') }} as days
inner join {{ ref('dim_period') }} as periods
    on days.local_date between periods.period_start and periods.period_end
    and periods.theme = 'water'
group by days.station_code, periods.period_type, periods.period_start, periods.period_end, periods.days_expected
