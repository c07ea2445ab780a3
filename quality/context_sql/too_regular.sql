-- A local day that is too regular to be air. Judged are days with at least 20 hours (GB 3095: a valid day). Two signs:
--
-- cyclic  x(t) = x(t-p) for one period p of 2..12 h on >= 90 % of at least 10 pairs of hours of the day, and on at least
--         30 points more of them than x(t) = x(t-1): it comes back, it does not stand still (that is `repeated`).
--         Seen in 2019 (433,044 station-days): 10, all SO2 or CO near their resolution; none of PM, NO2, O3.
--         A cycle of 12 with one hour in ten disturbed has at most 14 different values: days with more are not searched.
-- narrow  the day's range is below 20 % of its mean and below a quarter of the network's median of that ratio, two days
--         running, at a station of PM2.5, PM10, NO2 or O3 (SO2 and CO stand still for days at their resolution), with at
--         least 5 stations to compare with. A calm day of the whole region is not narrow: the network calms with it.
--         Seen in 2019 (286,379 station-days): 25 at four stations, 19 of them PM10 at 1225A (a lake, runs of 51 h).
with days as (
    select
        station_code,
        item,
        day,
        count(*) as n_hours,
        count(distinct value) as n_values,
        (max(value) - min(value)) / nullif(avg(value), 0) as relative_range,
        count(*) filter (value = value_before) / count(*) as still_share
    from hours
    group by all
    having count(*) >= 20
),
suspects as (
    from days
    where n_values between 2 and 14 and still_share <= 0.7
),
shares as (
    select
        one.station_code,
        one.item,
        one.day,
        other.hour - one.hour as period,
        count(*) filter (one.value = other.value) / count(*) as share
    from suspects
    join hours as one using (station_code, item, day)
    join hours as other using (station_code, item, day)
    where other.hour - one.hour between 1 and 12
    group by all
    having count(*) >= 10
),
cyclic as (
    select again.station_code, again.item, again.day, min(again.period) as period, arg_min(again.share, again.period) as share
    from shares as again
    join shares as still using (station_code, item, day)
    where again.period >= 2 and still.period = 1 and again.share >= 0.9 and again.share - still.share >= 0.3
    group by all
),
compared as (
    select
        station_code,
        item,
        day,
        relative_range,
        median(relative_range) over network as network_range,
        count(*) over network as n_stations
    from days
    where item in ('pm25_ug_m3', 'pm10_ug_m3', 'no2_ug_m3', 'o3_ug_m3')
    window network as (partition by item, day)
),
still as (
    from compared
    where relative_range < 0.2 and relative_range < network_range / 4 and n_stations >= 5
),
narrow as (
    from still
    where exists (
        from still as neighbour
        where neighbour.station_code = still.station_code and neighbour.item = still.item and abs(neighbour.day - still.day) = 1
    )
),
regular as (
    select station_code, item, day, format('repeats every {} h ({:.0f} % of the hours)', period, 100 * share) as detail
    from cyclic
    union all
    select
        station_code,
        item,
        day,
        format('range {:.0f} % of the mean, network {:.0f} %', 100 * relative_range, 100 * network_range) as detail
    from narrow
)
select
    station_code,
    item,
    interval_end_at,
    'too_regular' as test,
    value,
    authority,
    string_agg(detail, '; ' order by detail) as detail
from regular
join hours using (station_code, item, day)
group by all
