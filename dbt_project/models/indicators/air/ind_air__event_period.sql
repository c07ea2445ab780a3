{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- Cities with and without dust, and the ozone season: what an exceptional event does to the numbers stands beside them.
with inputs as (
    {{ periods_of('air') }}
),

dust_rows as ({{ with_inputs(ref('air_city_period_dust')) }}),

dust as (

    select
        *,
        case when is_valid and days_left = 0 then 'all_days_dusty' else {{ too_few_days() }} end as null_reason
    from dust_rows

),

seasons as ({{ with_inputs(ref('air_city_ozone_season')) }})

{{ indicator_rows(
    'air_dust_days', 'dust', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then dust_days end', 'days_valid / days_expected', 'days_valid', 'inputs_hash', 'month',
    null_reason='null_reason', verified='is_verified', where="pollutant = 'pm10'"
) }}
{% for pollutant in ['pm25', 'pm10'] -%}
union all
{{ indicator_rows(
    'air_' ~ pollutant ~ '_mean_no_dust', 'dust', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even('mean_without_dust', 0) ~ ' end', 'days_valid / days_expected', 'days_left',
    'inputs_hash', 'month', exact='mean_without_dust', null_reason='null_reason', verified='is_verified',
    where="pollutant = '" ~ pollutant ~ "'"
) }}
{% endfor -%}
union all
{{ indicator_rows(
    'air_o3_season_mean', 'seasons', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('o3_mda8_ug_m3', 0), 'windows_valid / 7.0', 'days_valid', 'inputs_hash', 'month', exact='o3_mda8_ug_m3',
    text="first_month || '—' || (first_month + 5) || '月'",
    null_reason="'no_valid_season: no six months in a row are valid'", verified='is_verified'
) }}
