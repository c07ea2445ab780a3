{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per station and hour: the newest word of the most authoritative source on every item, excluded values emptied,
-- with the real-time AQI under the edition in force.
with observations as (

    {% for dataset, staged in [
        ('air__cnemc_station_hourly', ref('stg_air__cnemc_station_hourly')),
        ('air__cnemc_station_live', ref('stg_air__cnemc_station_live')),
        ('air__station_hourly_long', ref('stg_air__station_hourly_long')),
    ] -%}
    select
        '{{ dataset }}' as dataset,
        station_code,
        item,
        interval_start_at,
        interval_end_at,
        month,
        value,
        authority,
        batch
    from {{ staged }}
    where {{ month_scope() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

excluded as (

    select distinct station_code, item, interval_end_at, batch
    from {{ source('core', 'flags') }}
    where effect = 'exclude' and {{ month_scope() }}

),

withdrawn as (

    -- What a person judged invalid or under maintenance, as spans; few, so a range join is cheap.
    select dataset, station_code, item, from_at, to_at
    from {{ source('core', 'flag_events') }}
    where action = 'raise' and effect = 'exclude'

),

judged as (

    select
        observations.station_code,
        observations.item,
        observations.interval_start_at,
        observations.interval_end_at,
        observations.month,
        case when excluded.item is null and withdrawn.dataset is null then observations.value end as value,
        observations.authority
    from observations
    left join excluded
        on excluded.station_code = observations.station_code
        and excluded.item = observations.item
        and excluded.interval_end_at = observations.interval_end_at
        and excluded.batch = observations.batch
    left join (select distinct * from withdrawn) as withdrawn
        on withdrawn.dataset = observations.dataset
        and (withdrawn.station_code is null or withdrawn.station_code = observations.station_code)
        and (withdrawn.item is null or withdrawn.item = observations.item)
        and observations.interval_end_at > coalesce(withdrawn.from_at, {{ instant('0001-01-01 00:00:00') }})
        and observations.interval_end_at <= coalesce(withdrawn.to_at, {{ instant('9999-12-31 00:00:00') }})

),

pivoted as (

    select
        station_code,
        interval_start_at,
        interval_end_at,
        month,
        {% for item in ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'o3_ug_m3', 'co_mg_m3'] -%}
        {{ newest('value', 'authority', "item = '" ~ item ~ "'") }} as {{ item }},
        {% endfor -%}
        {{ newest('value', 'authority', "item = 'aqi'") }} as published_aqi
    from judged
    group by station_code, interval_start_at, interval_end_at, month

),

base as (

    select
        pivoted.*,
        cast({{ local_time('pivoted.interval_start_at') }} as date) as local_date,
        cast(extract(hour from {{ local_time('pivoted.interval_start_at') }}) as integer) + 1 as hour_of_day,
        editions.rulebook,
        editions.aqi_edition
    from pivoted
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force'
        and cast({{ local_time('pivoted.interval_start_at') }} as date) between editions.applies_from and editions.applies_to

),

indexed as (
    {{ indexed('hour', hour_components()) }}
)

select
    station_code,
    interval_start_at,
    interval_end_at,
    month,
    local_date,
    hour_of_day,
    pm25_ug_m3,
    pm10_ug_m3,
    so2_ug_m3,
    no2_ug_m3,
    o3_ug_m3,
    co_mg_m3,
    rulebook,
    {{ aqi_columns() }},
    published_aqi
from indexed
