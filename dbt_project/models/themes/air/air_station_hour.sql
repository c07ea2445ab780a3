{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per station and hour: the newest word of the most authoritative source on every item, excluded values emptied,
-- with the real-time AQI under the edition in force.
with observations as (

    {% for dataset in ['cnemc_station_hourly', 'cnemc_station_live', 'station_hourly_long'] -%}
    select station_code, item, interval_start_at, interval_end_at, month, value, authority
    from {{ ref('stg_air__' ~ dataset) }}
    where {{ month_scope() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

excluded as (

    select distinct station_code, item, interval_end_at
    from {{ source('core', 'flags') }}
    where effect = 'exclude' and {{ month_scope() }}

),

judged as (

    select
        observations.station_code,
        observations.item,
        observations.interval_start_at,
        observations.interval_end_at,
        observations.month,
        case when excluded.item is null then observations.value end as value,
        observations.authority
    from observations
    left join excluded
        on excluded.station_code = observations.station_code
        and excluded.item = observations.item
        and excluded.interval_end_at = observations.interval_end_at

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

    select
        base.*,
        {{ largest_iaqi(hour_components()) }} as largest_iaqi,
        {{ pollutants_present(hour_components()) }} as pollutants_present,
        {{ primary_pollutants(hour_components()) }} as primary_pollutants
    from base
    {{ iaqi_joins('hour', hour_components()) }}

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
    {{ published_aqi('largest_iaqi', 'pollutants_present') }} as aqi,
    case when {{ published_aqi('largest_iaqi', 'pollutants_present') }} is not null then primary_pollutants end
        as primary_pollutants,
    pollutants_present,
    published_aqi
from indexed
