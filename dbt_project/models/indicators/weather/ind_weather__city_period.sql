-- Weather of a city by month, quarter, year and year to date, and the warnings issued.
with inputs as (

    {{ periods_of('weather') }}

),

item_rows as ({{ with_inputs(ref('weather_city_period')) }}),

items as (

    select *, {{ too_few_days() }} as null_reason from item_rows

),

warnings as ({{ with_inputs(ref('weather_warning_period')) }})

{% for code, item, column, digits in [
    ('temperature_mean', 'temperature', 'mean', 1), ('temperature_max', 'temperature_max', 'largest', 1),
    ('temperature_min', 'temperature_min', 'smallest', 1), ('humidity_mean', 'humidity', 'mean', 0),
    ('wind_speed_mean', 'wind_speed', 'mean', 1), ('precipitation', 'precipitation', 'total', 1),
    ('rain_days', 'precipitation', 'rain_days', 0), ('sunshine', 'sunshine', 'total', 1),
] -%}
{{ indicator_rows(
    'weather_' ~ code, 'items', 'region_code', "'city'", 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even_signed(column, digits) ~ ' end', 'days_valid / days_expected', 'days_valid',
    'inputs_hash', 'month', null_reason='null_reason', verified='is_verified', exact=column, where="item = '" ~ item ~ "'"
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'weather_warnings', 'warnings', 'region_code', 'region_level', 'period_type', 'period_start', 'warnings', '1', 'warnings',
    'inputs_hash', 'month', verified='is_verified'
) }}
union all
{{ indicator_rows(
    'weather_severe_warnings', 'warnings', 'region_code', 'region_level', 'period_type', 'period_start', 'severe_warnings', '1',
    'warnings', 'inputs_hash', 'month', verified='is_verified'
) }}
