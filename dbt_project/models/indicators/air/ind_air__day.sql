{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Daily concentrations, AQI, level and primary pollutants of stations (edition in force) and cities (every edition).
{% set pollutants = [('pm25', 'pm25_ug_m3', 0), ('pm10', 'pm10_ug_m3', 0), ('so2', 'so2_ug_m3', 0),
                     ('no2', 'no2_ug_m3', 0), ('co', 'co_mg_m3', 1)] %}

with known as (

    {{ months_of('air') }}

),

judged as (

    select days.*, known.inputs_hash, known.is_verified, editions.aqi_edition
    from {{ ref('air_station_day') }} as days
    inner join known on known.month = days.month
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force' and editions.rulebook = days.rulebook
    where {{ month_scope('days.month') }}

),

station_days as (

    select judged.*, levels.level, levels.zh as level_zh
    from judged
    {{ level_join('judged') }}

),

city_days as (

    select days.*, known.inputs_hash, known.is_verified
    from {{ ref('air_city_day') }} as days
    inner join known on known.month = days.month
    where {{ month_scope('days.month') }}

),

city_aqi as (

    select days.*, known.inputs_hash, known.is_verified
    from {{ ref('air_city_day_aqi') }} as days
    inner join known on known.month = days.month
    where {{ month_scope('days.month') }}

)

{% for code, column, digits in pollutants -%}
{{ indicator_rows(
    'air_' ~ code ~ '_day', 'station_days', 'station_code', "'station'", "'day'", 'local_date', half_even(column, digits),
    code ~ '_hours / 24.0', code ~ '_hours', 'inputs_hash', 'month', null_reason="'too_few_hours'", verified='is_verified'
) }}
union all
{{ indicator_rows(
    'air_' ~ code ~ '_day', 'city_days', 'region_code', 'region_level', "'day'", 'local_date', half_even(column, digits),
    column ~ '_points / points', column ~ '_points', 'inputs_hash', 'month', null_reason="'too_few_points'",
    verified='is_verified'
) }}
union all
{% endfor %}
{{ indicator_rows(
    'air_o3_day', 'station_days', 'station_code', "'station'", "'day'", 'local_date', half_even('o3_mda8_ug_m3', 0),
    'o3_windows / 17.0', 'o3_hours', 'inputs_hash', 'month', null_reason="'too_few_windows'", verified='is_verified'
) }}
union all
{{ indicator_rows(
    'air_o3_day', 'city_days', 'region_code', 'region_level', "'day'", 'local_date', half_even('o3_mda8_ug_m3', 0),
    'o3_mda8_ug_m3_points / points', 'o3_mda8_ug_m3_points', 'inputs_hash', 'month', null_reason="'too_few_points'",
    verified='is_verified'
) }}
{% for code, value, text in [
    ('air_aqi', 'aqi', 'level_zh'), ('air_aqi_level', 'level', 'level_zh'),
    ('air_primary_pollutant', count_primary(), 'primary_pollutants')
] %}
union all
{{ indicator_rows(
    code, 'station_days', 'station_code', "'station'", "'day'", 'local_date', value, 'pollutants_present / 6.0',
    'pollutants_present', 'inputs_hash', 'month', text=text, null_reason="'missing_pollutants'", verified='is_verified'
) }}
union all
{{ indicator_rows(
    code, 'city_aqi', 'region_code', 'region_level', "'day'", 'local_date', value, 'pollutants_present / 6.0',
    'pollutants_present', 'inputs_hash', 'month', edition='edition', text=text, null_reason="'missing_pollutants'",
    verified='is_verified'
) }}
{% endfor %}
