-- One row per event: grade, what it touched, and the times from report to arrival and to the end.
with events as (

    select
        event_code,
        region_code,
        grade,
        cause,
        medium,
        cast({{ local_time('interval_start_at') }} as date) as reported_on,
        status,
        cast({{ seconds_between('interval_start_at', 'arrived_at') }} as decimal(18, 9)) / 60 as minutes_to_arrive,
        cast({{ seconds_between('interval_start_at', 'ended_at') }} as decimal(18, 9)) / 3600 as hours_to_end
    from ({{ newest_rows('ecology__emergency_events') }}) as rows

)

select
    events.event_code,
    events.region_code,
    events.grade,
    events.cause,
    events.medium,
    events.reported_on,
    events.status,
    events.status is distinct from '误报' as is_event,
    coalesce(events.status = '已终止', false) as is_closed,
    cast(events.minutes_to_arrive as decimal(18, 9)) as minutes_to_arrive,
    cast(events.hours_to_end as decimal(18, 9)) as hours_to_end,
    events.minutes_to_arrive <= arrival_max_minutes.value as is_in_time
from events
{{ rule_join(ref('emergency_rules'), 'arrival_max_minutes', 'events.reported_on') }}
