{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Class of each automatic section and 4-hour cycle; the row stands at the cycle's start.
with known as (

    {{ months_of('water') }}

),

cycles as (

    select
        cycles.*,
        known.inputs_hash,
        known.is_verified,
        {{ local_time('cycles.interval_start_at') }} as started_at,
        case when not cycles.takes_part then 'station_not_in_operation'
            else 'items_missing: ' || cycles.items_classed || ' of 5' end as null_reason
    from {{ ref('water_section_cycle') }} as cycles
    inner join known
        on known.month = cycles.month
    where {{ month_scope('cycles.month') }}

)

{{ indicator_rows(
    'water_auto_class', 'cycles', 'station_code', "'section'", "'hour'", 'started_at', 'water_class', 'items_classed / 5.0',
    'items_classed', 'inputs_hash', 'month', null_reason='null_reason', verified='is_verified',
    text=class_name('water_class') ~ " || coalesce(' ' || worst_items, '')"
) }}
