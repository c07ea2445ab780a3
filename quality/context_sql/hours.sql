-- The value each measured hour has now, beside the one before it.
-- Reads: the batch files, batch (batch, authority), parameter (item, ...), refused (what the door excludes). The newest
-- batch that holds an hour speaks for it, even when it says null. What the door refused is no measurement and no
-- neighbour: CO in another unit is not also a spike. `hour` counts whole hours: far cheaper to join on than instants.
create temp table hours as
with known as (
    select
        station_code,
        item,
        interval_end_at,
        arg_max_null(value, authority) as value,
        max(authority) as authority
    from read_parquet($files, hive_partitioning = false)
    join batch using (batch)
    where item in (select item from parameter) and interval_end_at > $from_at and interval_end_at <= $to_at
    group by all
),
present as (
    select
        *,
        (epoch_us(interval_end_at) // 3600000000)::integer as hour,
        (interval_end_at - interval 1 hour)::date as day
    from known
    anti join refused using (station_code, item, interval_end_at, authority)
    where value is not null
)
select *, lag(value) over earlier as value_before, lag(hour) over earlier as hour_before
from present
window earlier as (partition by station_code, item order by hour)
