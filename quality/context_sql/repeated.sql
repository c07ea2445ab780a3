-- One value for longer than parameter.repeat_hours; a single missing hour does not end the run.
-- Runs at or below parameter.floor are left out: in the calm air of the Spring Festival and of typhoon Lekima
-- (2019-08-09..11) many stations stood at 1-2 ug/m3 at the same hours, which is the detection limit, not a stuck
-- instrument. Seen in 2019 (11 M values): 77 runs, the longest SO2 263 h, CO 89 h, PM10 51 h, O3 45 h.
with beginnings as (
    select
        station_code,
        item,
        value,
        hour as first_hour,
        lead(hour) over (partition by station_code, item order by hour) as next_hour
    from hours
    where value is distinct from value_before or hour - hour_before > 2
),
candidates as (
    select beginnings.*, repeat_hours
    from beginnings
    join parameter using (item)
    where value > floor and (next_hour is null or next_hour - first_hour > repeat_hours)
),
members as (
    select
        hours.*,
        repeat_hours,
        max(hours.hour) over (partition by hours.station_code, hours.item, first_hour) - first_hour + 1 as n_hours
    from candidates
    join hours
        on hours.station_code = candidates.station_code
        and hours.item = candidates.item
        and hours.hour >= first_hour
        and (next_hour is null or hours.hour < next_hour)
)
select station_code, item, interval_end_at, 'repeated' as test, value, authority, n_hours || ' h of one value' as detail
from members
where n_hours > repeat_hours
