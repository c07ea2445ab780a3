{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Real-time AQI, level and primary pollutants of stations and cities, under the edition in force.
with months as (

    select month, inputs_hash, is_verified from {{ source('core', 'months') }}

),

hours as (

    select
        marts.region_code,
        marts.region_level,
        marts.period_start,
        marts.month,
        marts.aqi,
        marts.primary_pollutants,
        marts.pollutants_present,
        marts.n_inputs,
        marts.coverage,
        levels.level,
        levels.zh as level_zh,
        case when marts.pollutants_present = 0 then 'no_data' else 'missing_pollutants' end as null_reason,
        months.inputs_hash,
        months.is_verified
    from (

        select
            hours.station_code as region_code,
            'station' as region_level,
            {{ local_time('hours.interval_start_at') }} as period_start,
            hours.month,
            hours.rulebook,
            hours.aqi,
            hours.primary_pollutants,
            hours.pollutants_present,
            hours.pollutants_present as n_inputs,
            hours.pollutants_present / 6.0 as coverage
        from {{ ref('air_station_hour') }} as hours
        where {{ month_scope('hours.month') }}
        union all
        select
            cities.region_code,
            cities.region_level,
            {{ local_time('cities.interval_start_at') }} as period_start,
            cities.month,
            cities.rulebook,
            cities.aqi,
            cities.primary_pollutants,
            cities.pollutants_present,
            cities.points_valid as n_inputs,
            least(cities.points_valid / cities.points, cities.pollutants_present / 6.0) as coverage
        from {{ ref('air_city_hour') }} as cities
        where {{ month_scope('cities.month') }}

    ) as marts
    inner join months
        on months.month = marts.month
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force' and editions.rulebook = marts.rulebook
    left join {{ ref('air_levels') }} as levels
        on levels.aqi_edition = editions.aqi_edition
        and marts.aqi between case when levels.level = 1 then 0 else levels.aqi_min end and levels.aqi_max

)

{% for code, value, text in [
    ('air_aqi', 'aqi', 'level_zh'),
    ('air_aqi_level', 'level', 'level_zh'),
    ('air_primary_pollutant',
     "case when aqi is not null then length(coalesce(primary_pollutants, '')) - length(replace(coalesce(primary_pollutants, ''), ',', '')) + (primary_pollutants is not null)::integer end",
     'primary_pollutants'),
] -%}
{{ indicator_rows(
    code, 'hours', 'region_code', 'region_level', "'hour'", 'period_start', value, 'coverage',
    'n_inputs', 'inputs_hash', 'month', text=text, null_reason='null_reason', verified='is_verified'
) }}
{{ 'union all' if not loop.last }}
{% endfor %}
