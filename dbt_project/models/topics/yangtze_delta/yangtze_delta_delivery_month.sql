{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per partner, feed and month: how complete and how late its values came. `shared_at` is the receiving side of the
-- exchange; the partner's own clock (updated_at) runs ahead and is not used.
with air as ({{ newest_rows('yangtze_delta__air_hourly') }}),

water as ({{ newest_rows('yangtze_delta__water_4hourly') }}),

shared as (

    select 'air' as feed, source_province, station_code, item, month, interval_start_at, interval_end_at, shared_at, value
    from air
    union all
    select 'water' as feed, source_province, station_code, item, month, interval_start_at, interval_end_at, shared_at, value
    from water

),

delays as (

    select
        feed,
        source_province,
        station_code,
        item,
        month,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        value,
        cast((epoch_ms(shared_at) - epoch_ms(interval_end_at)) / 3600000.0 as decimal(18, 9)) as delay_h
    from shared

),

known as (

    -- every station and item that the partner sent in the month is expected on every day on which any of its feed is known
    select
        feed,
        source_province,
        month,
        count(distinct (station_code, item)) as series,
        count(distinct local_date) as days
    from delays
    group by feed, source_province, month

)

select
    delays.feed,
    delays.source_province,
    delays.month,
    count(distinct delays.station_code) as stations,
    max(known.series * known.days * case known.feed when 'air' then 24 else 6 end) as values_expected,
    count(*) as values_received,
    count(delays.value) as values_valid,
    count(*) filter (where delays.delay_h <= rules.value) as values_on_time,
    {{ percentile('delays.delay_h', 0.5) }} as delay_median_h
from delays
inner join known
    on known.feed = delays.feed and known.source_province = delays.source_province and known.month = delays.month
inner join {{ ref('yangtze_delta_rules') }} as rules
    on rules.rule = delays.feed || '_lateness_h'
    and delays.local_date between rules.valid_from and coalesce(rules.valid_to, date '9999-12-31')
group by delays.feed, delays.source_province, delays.month
