-- An isolated spike or dip: a change of more than parameter.max_step between two neighbouring hours whose other side,
-- at most three hours away, is back within half a max_step of the level beyond the edge. A front that stays, or a
-- plume that grows and fades over hours, is left alone. Flagged are the hours of the excursion, not the level around it.
-- Seen in 2019 (11 M values): 63 excursions, 76 hours.
with edges as (
    select hours.*, max_step
    from hours
    join parameter using (item)
    where hour - hour_before = 1 and abs(value - value_before) > max_step
),
beside as (
    select hours.station_code, hours.item, hours.hour, hours.value, edges.hour as edge, edges.value as after, edges.value_before, max_step
    from edges
    join hours using (station_code, item)
    where hours.hour between edges.hour - 4 and edges.hour + 3
),
excursions as (
    -- Leaving its level at the edge, until the first hour that is back.
    select station_code, item, edge as first_hour, min(hour) - 1 as last_hour
    from beside
    where hour > edge and abs(value - value_before) <= max_step / 2
    group by all
    union
    -- Coming back at the edge, since the last hour before that was there.
    select station_code, item, max(hour) + 1, edge - 1
    from beside
    where hour < edge - 1 and abs(value - after) <= max_step / 2
    group by station_code, item, edge
)
select
    station_code,
    item,
    interval_end_at,
    'step' as test,
    value,
    authority,
    max(last_hour - first_hour + 1) || ' h away from its level' as detail
from excursions
join hours using (station_code, item)
where hour between first_hour and last_hour
group by all
